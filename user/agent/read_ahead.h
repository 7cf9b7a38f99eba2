/* SPDX-License-Identifier: MIT */
/*
 * The registry's files, read by a thread before they are put in force: a registry of the largest
 * size takes a second or more, and clients are answered meanwhile. Only one reading goes on at a
 * time.
 */
#pragma once

#include <stdbool.h>

#include "../base/thread.h"
#include "../registry/registry.h"
#include "../source/node_options.h"

struct read_ahead {
	const struct node_options *node; /* borrowed, set before the start; NULL: nothing is read */

	struct thread *thread; /* reads now; the result is its own until it has ended */
	bool done;	       /* there is a result that nobody has taken */
	uint64_t stamp;	       /* of the files, when it began */
	int result;	       /* of source_load(), with these: */
	struct diags diags;
	struct registry *registry;
};

/*
 * Is there nothing to wait for? If the files with this stamp have not been read, the thread begins
 * to do that; small ones it has read at once. Where no thread can be had, there is nothing to wait
 * for either.
 */
bool read_ahead_is_ready(struct read_ahead *ahead, uint64_t stamp);

/*
 * Take what was read of the files with this stamp: as source_load(), or -ENODATA, if they were not.
 * What was read of others is forgotten. `diags` is empty before.
 */
int read_ahead_take(struct read_ahead *ahead, uint64_t stamp, struct diags *diags,
		    struct registry **ret_registry);

/* Wait for the thread, and forget what it has read. */
void read_ahead_stop(struct read_ahead *ahead);
