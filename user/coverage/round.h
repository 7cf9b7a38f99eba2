/* SPDX-License-Identifier: MIT */
/* One round: tries all ways, with or without the programs. */
#pragma once

#include "run.h"

/* Do the current round and clean up after it. 0, or a negative errno. */
int round_run(struct run *run);
