// SPDX-License-Identifier: MIT
/* The task moves between network namespaces; its socket stays where it was made. */
#include <errno.h>
#include <sched.h>

#include "subject.h"
#include "subject_take.h"

static bool enter_netns(struct subject *s, int netns)
{
	return subject_step(s, "setns", setns(netns, CLONE_NEWNET) < 0 ? errno : 0);
}

void subject_take_netns_foreign(struct subject *s)
{
	if (enter_netns(s, s->other_netns) && subject_open(s) && enter_netns(s, s->netns))
		subject_bind_and_listen(s);
}

void subject_take_netns_moved(struct subject *s)
{
	if (subject_open(s) && enter_netns(s, s->other_netns))
		subject_bind_and_listen(s);
}
