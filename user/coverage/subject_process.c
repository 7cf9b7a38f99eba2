// SPDX-License-Identifier: MIT
/* Another process than the maker of the socket takes the port, or a thread does. */
#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../base/thread.h"
#include "helper.h"
#include "subject_take.h"

static void bind_in_child(struct subject *s, const void *ctx)
{
	subject_bind_and_listen(s);
}

void subject_take_fork(struct subject *s)
{
	if (subject_open(s))
		(void)helper_start(s, bind_in_child, NULL);
}

void subject_take_exec(struct subject *s)
{
	if (subject_open(s))
		(void)helper_exec(s, "bind");
}

/* The subject is the manager: it binds and listens, the service only serves. */
void subject_take_activation(struct subject *s)
{
	if (subject_open(s) && subject_bind(s) && subject_listen(s))
		(void)helper_exec(s, "serve");
}

/* It has no privileges in the network namespace; ports from 1024 on need none. */
static void bind_in_userns(struct subject *s, const void *ctx)
{
	int parent = getppid();

	if (!subject_feature(s, "unshare", unshare(CLONE_NEWUSER) < 0 ? errno : 0))
		return;
	/* set again: a change of credentials may clear it */
	if (subject_step(s, "prctl", helper_bind_life(parent) ? 0 : ESRCH))
		subject_take_socket(s);
}

void subject_take_userns(struct subject *s)
{
	(void)helper_start(s, bind_in_userns, NULL);
}

static void bind_in_thread(void *data)
{
	struct subject *s = data;

	if (subject_step(s, "prctl", prctl(PR_SET_NAME, "kube-apiserver") < 0 ? errno : 0))
		subject_take_socket(s);
}

void subject_take_thread(struct subject *s)
{
	struct thread *thread = NULL;
	int r = thread_start(bind_in_thread, s, &thread);

	/* from here on the thread notes the steps */
	if (r < 0)
		(void)subject_step(s, "thread", -r);
	thread_join(thread);
}
