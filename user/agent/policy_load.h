/* SPDX-License-Identifier: MIT */
/* From registry files to the policy in force: at the start, and while the agent runs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../base/buf.h"
#include "../registry/diag.h"

struct agent;
struct hp_config;

/* Steps of the start: they say on stderr what is wrong, and return an exit status. */
int apply_load(struct agent *agent);
int apply_check(struct agent *agent);
int apply_make(struct agent *agent);

/*
 * Publish the policy that the agent has with another configuration, whose
 * generation is set here: at the start, and to switch the mode. 0; or a negative
 * errno, and then what was in force stays so.
 */
int apply_decision(struct agent *agent, const struct hp_config *decision);

struct apply_request {
	bool asked;	/* by somebody: also what is the same is published */
	bool shrink;	/* layers may be gone, or have no rows any more */
	uint64_t stamp; /* of the files; 0: they may change while they are read */
};

#define APPLY_SAME 1 /* the files have what is in force */

/*
 * Read the registry again, and put it in force in one step, with what was made
 * of it and the configuration as it is. 0 with what is different in `changes`, or
 * APPLY_SAME. Else what was in force stays so: -EINVAL with messages in `diags`;
 * -EAGAIN, the files are being changed; or another negative errno, with one, too.
 */
int apply_reload(struct agent *agent, const struct apply_request *request, struct diags *diags,
		 struct buf *changes);

/* Publish the registry in force anew, for the day that it is. 0, or a negative errno. */
int apply_today(struct agent *agent);
