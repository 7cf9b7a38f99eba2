// SPDX-License-Identifier: MIT
#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

struct thread {
	pthread_t id;
	void (*fn)(void *data);
	void *data;
};

static void *run(void *data)
{
	const struct thread *thread = data;

	thread->fn(thread->data);
	return NULL;
}

int thread_start(void (*fn)(void *data), void *data, struct thread **ret_thread)
{
	_cleanup_free_ struct thread *thread = calloc(1, sizeof(*thread));
	sigset_t all, before;
	int error;

	if (!thread)
		return -ENOMEM;
	thread->fn = fn;
	thread->data = data;
	/* a thread begins with the signal mask of the one that starts it */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread->id, NULL, run, thread);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		return -error;
	*ret_thread = TAKE_PTR(thread);
	return 0;
}

bool thread_join_within(struct thread *thread, unsigned int ms)
{
	struct timespec end;

	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += ms / 1000;
	end.tv_nsec += ms % 1000 * 1000000L;
	if (end.tv_nsec >= 1000000000L) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000L;
	}
	if (pthread_clockjoin_np(thread->id, NULL, CLOCK_MONOTONIC, &end) != 0)
		return false;
	free(thread);
	return true;
}

void thread_join(struct thread *thread)
{
	if (!thread)
		return;
	(void)pthread_join(thread->id, NULL);
	free(thread);
}
