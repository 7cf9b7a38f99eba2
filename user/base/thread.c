// SPDX-License-Identifier: MIT
#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

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

void thread_join(struct thread *thread)
{
	if (!thread)
		return;
	(void)pthread_join(thread->id, NULL);
	free(thread);
}
