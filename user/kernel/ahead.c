// SPDX-License-Identifier: MIT
#include "ahead.h"

#include <errno.h>

#include "../base/thread.h"
#include "row_map.h"

static void *install(void *data)
{
	struct ahead *ahead = data;

	ahead->result = row_map_install(ahead->outer, 0, ahead->rows);
	return NULL;
}

void ahead_begin(struct ahead *ahead, uint32_t rows)
{
	ahead->rows = row_map_create(rows);
	if (ahead->rows >= 0)
		ahead->outer = row_map_create_outer(ahead->rows);
	if (ahead->outer >= 0)
		ahead->running = thread_start(&ahead->thread, install, ahead);
}

static void wait_for(struct ahead *ahead)
{
	if (ahead->running)
		(void)pthread_join(ahead->thread, NULL);
	ahead->running = false;
}

int ahead_end(struct ahead *ahead)
{
	bool ran = ahead->running;

	wait_for(ahead);
	return ran && ahead->result == 0 ? TAKE_FD(ahead->rows) : -1;
}

void ahead_free(struct ahead *ahead)
{
	wait_for(ahead);
	cleanup_close(&ahead->outer);
	cleanup_close(&ahead->rows);
}
