/* SPDX-License-Identifier: MIT */
/* Claims of one port, declared or not, by pods that can meet on a node. Pure. */
#pragma once

#include "check_state.h"

#define CONFLICT_STEPS_MAX (64UL << 20) /* comparisons */

/*
 * Compare all claims of a check; those that name different nodes cost nothing. If that takes more
 * than `steps` comparisons, one finding says so. 0, or -ENOMEM.
 */
int conflict_check(struct check *check, size_t steps);
