/* SPDX-License-Identifier: MIT */
/* What enforcement would deny with the policy in force, as far as the agent can know. */
#pragma once

#include "impact.h"
#include "violations.h"

#define WOULD_BREAK_LINES 50 /* that the start logs */

/*
 * Look at the socket table and at the ledger. 0, or a negative errno: then some
 * of the impact is missing. The caller frees it in any case.
 */
int would_break_find(struct violations *violations, struct impact *ret_impact);

/* Log what an agent that is going to enforce will deny. */
void would_break_say(struct violations *violations);
