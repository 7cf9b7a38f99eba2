/* SPDX-License-Identifier: MIT */
/*
 * The proof that the hooks are effective: sockets of our own, made in the
 * target netns and below the target cgroup. bind() of one must be denied, and
 * that of another one the programs must see succeed. It is denied in audit
 * mode, too, and is no violation: the programs know the sockets by their
 * cookies. Each hook is proved for itself.
 */
#pragma once

#include <sys/types.h>

#include "canary_child.h"
#include "../cgroup.h"

struct canary {
	struct kernel *kernel;
	const struct netns *netns;
	const char *cgroup;  /* the directory that the programs are attached to */
	const char *cgroup2; /* cgroup2's mount point */
	int limit_ms;	     /* so long a process may take */
	bool confined;	     /* by a sandbox that lets no process begin in another cgroup */
	pid_t stuck;	     /* a child that was killed and has not ended yet; 0: none */
	bool late;	     /* the last process did not end in time */
};

/*
 * Prove every hook, for IPv6 where the kernel has it, and find out whether
 * post_bind may refuse (kernel_set_guard()). Takes a few milliseconds; where a
 * process hangs, the limit and little more; in a frozen cgroup none is made.
 */
void canary_try(struct canary *canary, struct canary_proof *ret_proof);
#define CANARY_LIMIT_MS 2000 /* while nobody waits for anything else */
#define CANARY_AGAIN_MS 500  /* in the event loop */

/* Nothing more to be wished for? */
static inline bool canary_is_proved(enum canary_result result)
{
	return result == CANARY_EFFECTIVE || result == CANARY_SECOND || result == CANARY_NOT_NEEDED;
}

/* Could it not be tried now, so that the word before it stands? */
static inline bool canary_is_put_off(enum canary_result result)
{
	return result == CANARY_NO_PORT || result == CANARY_FROZEN || result == CANARY_LATE;
}

/* The first hook that is not proved; KERNEL_HOOKS: all are. */
size_t canary_first_failure(const struct canary_proof *proof);

const char *canary_words(enum canary_result result);
