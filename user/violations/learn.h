/* SPDX-License-Identifier: MIT */
/*
 * What an overlay of exceptions for this node is made of: who violates the
 * registry in force, or did since the start; and which exceptions nobody uses.
 */
#pragma once

#include <time.h>

#include "../base/buf.h"
#include "audited.h"
#include "violated_ports.h"

struct agent;

/* What has been told since the start, whatever its verdict. */
struct learn_state {
	struct audited *violations;
	struct seen *seen;
	struct timespec since; /* UTC */
};

/* Before anything is told. 0, or -ENOMEM. */
int learn_start(struct learn_state *state);
void learn_stop(struct learn_state *state);

/* What stands in agent->event has been told. `ref`, `query`: see audited_again(). */
void learn_note(struct agent *agent, const struct hp_query *query, struct audited_ref *ref);

/* Append the document that answers the request. 0, or as control_document_fn. */
int learn_json(struct agent *agent, struct buf *out);
