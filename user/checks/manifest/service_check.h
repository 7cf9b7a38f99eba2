/* SPDX-License-Identifier: MIT */
/* R3: the pods on the host network that a Service selects declare its target ports. Pure. */
#pragma once

#include "check_state.h"

#define SERVICE_CHECK_STEPS_MAX (64UL << 20) /* comparisons */

/*
 * Compare all Services of a check with all its pods. If that takes more than `steps`
 * comparisons, one finding says so. 0, or -ENOMEM.
 */
int service_check(struct check *check, size_t steps);
