/* SPDX-License-Identifier: MIT */
/*
 * The mode, switched while the agent runs: the same policy is published with
 * another configuration, in one step. To enforce, what would break is looked
 * at first; to audit, nothing stands in the way.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../base/jsonw.h"
#include "../stream/request.h"
#include "../violations/violations.h"
#include "policy_load.h"
#include "watch.h"

/* The last switch at run time. */
struct mode_switch {
	bool restored;	       /* the start took another mode than --mode from there */
	struct timespec since; /* when it was switched last, UTC; 0: it was not */
	uint32_t pid, uid;     /* by whom */
};

struct mode {
	/* borrowed, set before the start */
	const struct config *config;
	struct in_force *in_force;
	struct policy_load *load;
	struct stream *stream;
	struct violations *violations;
	struct watch *watch;

	struct mode_switch last;
};

/* Set the mode in which to start, before the first policy is published. An exit status. */
int mode_restore(struct mode *mode);

/* Let later agents know the mode that holds now. */
void mode_remember(struct mode *mode);

/* Append the document that answers a request. 0, or as control_document_fn. */
int mode_json(struct mode *mode, const struct request *request, struct buf *out);
