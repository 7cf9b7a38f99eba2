/* SPDX-License-Identifier: MIT */
/* What a scenario says of the machine. */
#pragma once

#include "kinds.h"
#include "scenario.h"

/*
 * Set the scale and the noise of the run (bench.h) by a scenario that has these
 * variants (`again`: another copy of the empty program) and an allowed bind of
 * each kind: the later one holds, as a machine is not always as fast.
 */
void machine_tell(const struct scenario *s, unsigned int none, unsigned int empty,
		  unsigned int again, const unsigned int allowed[KINDS]);
