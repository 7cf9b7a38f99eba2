/* SPDX-License-Identifier: MIT */
/* What must not be: where the programs do not keep what is promised of them. Pure. */
#pragma once

#include "judge.h"

/* Write what is wrong with a way, a line each, or nothing. */
void findings_of_way(const struct way *way, const struct look looks[ROUND_MAX],
		     const struct judgement *judgement, struct buf *out);

/* The same of the control, which takes a port that the registry allows. */
void findings_of_control(const struct look looks[ROUND_MAX], struct buf *out);
