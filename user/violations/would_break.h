/* SPDX-License-Identifier: MIT */
/* What would break in enforce mode with the present policy, as far as the agent can know. */
#pragma once

#include "../../bpf/abi.h"
#include "audited.h"

#define FORESEE_LINES 50 /* that the start says */

struct agent;

/* Keep what has been told, and stands in agent->event, if it is of use. As learn_note(). */
void foresee_note(struct agent *agent, const struct hp_event *record, const struct hp_query *query,
		  struct audited_ref *ref);

/*
 * Look at the socket table, and at what has been told. 0, or a negative errno:
 * then not all is there. The caller frees it in any case.
 */
int foresee(struct agent *agent, struct breaks *ret_breaks);

/* Say at the start of an agent that will enforce what it is going to deny. An exit status. */
int foresee_start(struct agent *agent);
