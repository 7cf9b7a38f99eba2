// SPDX-License-Identifier: MIT
#include "ahead.h"

#include <errno.h>
#include <signal.h>

#include "rows.h"

#define STACK_BYTES (64 * 1024)

static void *install(void *data)
{
	struct ahead *ahead = data;

	ahead->result = rows_install(ahead->outer, 0, ahead->rows);
	return NULL;
}

/* Signals are for the thread that reads them. */
static bool run(struct ahead *ahead)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int r;

	if (pthread_attr_init(&attr) != 0)
		return false;
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&ahead->thread, &attr, install, ahead);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	return r == 0;
}

void ahead_begin(struct ahead *ahead, uint32_t rows)
{
	ahead->rows = rows_create(rows);
	if (ahead->rows >= 0)
		ahead->outer = rows_create_outer(ahead->rows);
	if (ahead->outer >= 0)
		ahead->running = run(ahead);
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
