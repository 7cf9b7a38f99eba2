/* SPDX-License-Identifier: MIT */
/* Finds what breaks the promises: a bind that is not denied, a result that changes. Pure. */
#pragma once

#include "judge.h"

/* Append what is wrong with a way, a line each, or nothing. */
void findings_of_way(const struct way *way, const struct look looks[ROUND_MAX],
		     const struct judgement *judgement, struct buf *out);

/* The same for the control, which takes a port that the registry allows. */
void findings_of_control(const struct look looks[ROUND_MAX], struct buf *out);
