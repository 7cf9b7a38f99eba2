/* SPDX-License-Identifier: MIT */
/*
 * The mode is switched while the agent runs: the same policy is published with another
 * configuration, in one step. A switch to enforce first looks for what would be denied; a
 * switch to audit does not.
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
	bool restored;	       /* the start found a mode that differs from --mode */
	struct timespec since; /* when it was switched last, UTC; 0: it was not */
	uint32_t pid, uid;     /* of the process that switched it */
};

struct mode {
	/* borrowed, set before the start */
	const struct config *config;
	struct in_force *in_force;
	struct policy_load *load;
	struct host *host;
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

/*
 * Append what a switch to enforce would be answered now; nothing is switched. It is a verb of its
 * own, so that an agent that does not know it refuses, and does not switch.
 */
void mode_impact_json(struct mode *mode, struct buf *out);

/*
 * The mode in which an agent starts: one that was switched at run time holds as
 * long as agents are started with the same --mode as the one in which that was
 * done; an agent that is started with another takes its own. `remembered_option` is the
 * last agent's, `remembered_mode` what it had in the end, HP_MODE_UNSET where
 * there was none. All of enum hp_mode.
 */
uint32_t mode_at_start(uint32_t option, uint32_t remembered_option, uint32_t remembered_mode);

/* Both in one word, which is stored at once: an agent may be killed at any time. 0: nothing. */
uint64_t mode_pack(uint32_t option, uint32_t mode);
uint32_t mode_packed_option(uint64_t packed);
uint32_t mode_packed_mode(uint64_t packed);
