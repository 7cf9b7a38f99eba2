// SPDX-License-Identifier: MIT
#include "read_ahead.h"

#include <errno.h>

#include "../source/source.h"

#define WAIT_MS 20 /* a registry of some hundred rows is read by then */

static void read_files(void *data)
{
	struct read_ahead *ahead = data;
	const struct node_options *node = ahead->node;

	ahead->result = source_load(node->registries, node->registries_len, &ahead->diags,
				    &ahead->registry);
}

static void forget(struct read_ahead *ahead)
{
	diags_free(&ahead->diags);
	if (ahead->registry)
		registry_free(TAKE_PTR(ahead->registry));
	ahead->done = false;
}

/* Has the thread ended, or does it within a moment? */
static void collect(struct read_ahead *ahead)
{
	if (!ahead->thread || !thread_join_within(ahead->thread, WAIT_MS))
		return;
	ahead->thread = NULL;
	ahead->done = true;
}

bool read_ahead_is_ready(struct read_ahead *ahead, uint64_t stamp)
{
	if (!ahead->node)
		return true;
	collect(ahead);
	if (ahead->thread)
		return false;
	if (ahead->done && stamp != ahead->stamp)
		forget(ahead);
	if (ahead->done)
		return true;
	ahead->stamp = stamp;
	if (thread_start(read_files, ahead, &ahead->thread) < 0)
		return true;
	collect(ahead);
	return ahead->done;
}

int read_ahead_take(struct read_ahead *ahead, uint64_t stamp, struct diags *diags,
		    struct registry **ret_registry)
{
	if (ahead->done && stamp != ahead->stamp)
		forget(ahead);
	if (!ahead->done)
		return -ENODATA;
	ahead->done = false;
	*diags = ahead->diags;
	ahead->diags = (struct diags) { 0 };
	if (ahead->result == 0)
		*ret_registry = TAKE_PTR(ahead->registry);
	return ahead->result;
}

void read_ahead_stop(struct read_ahead *ahead)
{
	thread_join(ahead->thread);
	ahead->thread = NULL;
	forget(ahead);
}
