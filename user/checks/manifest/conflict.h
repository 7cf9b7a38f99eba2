/* SPDX-License-Identifier: MIT */
/* Ports that two claim who can meet on a node. Pure. */
#pragma once

#include "check_state.h"

/* Compare all claims of a check. 0, or -ENOMEM. */
int conflict_check(struct check *check);
