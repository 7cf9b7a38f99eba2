// SPDX-License-Identifier: MIT
/* The task goes to another network namespace; its socket stays in the one it was made in. */
#include <errno.h>
#include <sched.h>

#include "subject.h"
#include "subject_take.h"

static bool go(struct subject *s, int netns)
{
	return subject_step(s, "setns", setns(netns, CLONE_NEWNET) < 0 ? errno : 0);
}

void subject_take_netns_foreign(struct subject *s)
{
	if (go(s, s->other_netns) && subject_open(s) && go(s, s->netns))
		subject_bind_and_listen(s);
}

void subject_take_netns_moved(struct subject *s)
{
	if (subject_open(s) && go(s, s->other_netns))
		subject_bind_and_listen(s);
}
