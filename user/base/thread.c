// SPDX-License-Identifier: MIT
#include "thread.h"

#include <signal.h>

#define STACK_BYTES (256 * 1024)

bool thread_start(pthread_t *thread, void *(*fn)(void *), void *data)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int r;

	if (pthread_attr_init(&attr) != 0)
		return false;
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(thread, &attr, fn, data);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	return r == 0;
}
