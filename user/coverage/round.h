/* SPDX-License-Identifier: MIT */
/* One round: all ways at once, with or without programs. */
#pragma once

#include "run.h"

/* Go through the current round, and leave nothing of it. 0, or a negative errno. */
int round_run(struct run *run);
