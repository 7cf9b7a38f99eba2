/* SPDX-License-Identifier: MIT */
/* Services that one registry has at another port. Pure. */
#pragma once

#include "compare_rule.h"
#include "difference.h"

/* Make a move of what was removed and added of the same process. 0, or -ENOMEM. */
int compare_moves(const struct compare_rule *rule, struct differences *differences);
