/* SPDX-License-Identifier: MIT */
/* From registry files to the policy in force: at the start, and while the agent runs. */
#pragma once

#include "../base/loop.h"
#include "../pods/this_node.h"
#include "../policy/in_force.h"
#include "../registry/diag.h"
#include "../stream/stream.h"
#include "config.h"
#include "host.h"
#include "owners.h"
#include "read_ahead.h"

struct policy_load {
	/* borrowed, set before the start */
	const struct config *config;
	struct in_force *in_force;
	struct kernel *kernel;
	struct host *host;
	struct owners *owners;
	struct stream *stream;

	struct this_node this_node; /* with --role=auto, see node_role.h; of no role: not known */
	uint64_t stamp;		    /* of the registry's files, as they were read at the start */
	struct read_ahead ahead;    /* what a request with a stamp takes, if it is there */
	struct loop_source *spare_timer; /* when to make the map of the next policy */
};

/* Steps of the start: they log what is wrong, and return an exit status. */
int policy_load_read(struct policy_load *load);
int policy_load_check(struct policy_load *load);
int policy_load_make(struct policy_load *load);

/* The facts of this node, as of today (UTC). They are borrowed. */
struct node_facts policy_load_facts(const struct policy_load *load);

/*
 * Would the policy in force deny an essential row in enforce mode, and is that not asked for?
 * Appends which one, and why. Then it is not to be enforced.
 */
bool policy_load_denies_essential(const struct policy_load *load, struct buf *why);

/*
 * Publish the policy in force with another configuration, whose generation is set
 * here: at the start, and to switch the mode. 0; or a negative errno, and then what
 * was in force stays so.
 */
int policy_load_publish(struct policy_load *load, const struct hp_config *decision);

/*
 * Make the map of the next policy (kernel_settle()) soon, and again some time after each
 * publication: not within it, so that a switch of the mode or a reload need not wait for the
 * kernel. 0, or a negative errno.
 */
int policy_load_start(struct policy_load *load, struct loop *loop);

struct policy_load_request {
	bool asked;	/* for by an operator: it is published even if nothing has changed */
	bool shrink;	/* layers may be gone, or have lost all rows */
	uint64_t stamp; /* of the files; 0: they may change while they are read */
};

#define POLICY_LOAD_SAME 1 /* the files have what is in force */

/*
 * Read the registry again, and put it in force in one step, with what was made
 * of it and the configuration as it is. 0 with what is different in `changes`, or
 * POLICY_LOAD_SAME. Else what was in force stays so: -EINVAL with messages in `diags`;
 * -EAGAIN, the files are being changed; or another negative errno, with one, too.
 */
int policy_load_again(struct policy_load *load, const struct policy_load_request *request,
		      struct diags *diags, struct buf *changes);

/* Publish the registry in force anew, for the day that it is. 0, or a negative errno. */
int policy_load_today(struct policy_load *load);

/*
 * Publish the registry in force anew, for what this node is. 0; or a negative errno, -EINVAL with
 * a message: it would deny an essential row. Then what was in force stays so.
 */
int policy_load_node(struct policy_load *load, const struct this_node *node, struct diags *diags);

/* Report what became of the policy in force, in the stream and in the log. */
void policy_load_report(struct policy_load *load, enum notice_kind kind, const struct buf *message);
