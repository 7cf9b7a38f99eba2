/* SPDX-License-Identifier: MIT */
/*
 * The proof that the hooks are effective: sockets of our own, made in the target netns
 * and below the target cgroup. bind() of one must be denied, and the programs must see
 * bind() of another one succeed. It is denied in audit mode, too, and is no violation:
 * the programs know the sockets by their cookies. Each hook is proved by itself.
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
	int limit_ms;	     /* how long a process may take */
	bool confined;	     /* a sandbox lets no process begin in another cgroup */
	pid_t stuck;	     /* a child that was killed and has not ended yet; 0: none */
	bool late;	     /* the last process did not end in time */
};

/*
 * Prove every hook, for IPv6 where the kernel has it, and find out whether post_bind may
 * refuse (kernel_set_guard()). It takes a few milliseconds, or the limit and little more
 * if the process hangs. In a frozen cgroup no process is made.
 */
void canary_try(struct canary *canary, struct canary_proof *ret_proof);
#define CANARY_LIMIT_MS 2000 /* at the start, when nothing else waits */
#define CANARY_AGAIN_MS 500  /* in the event loop */

/* Is the hook proved? */
static inline bool canary_is_proved(enum canary_result result)
{
	return result == CANARY_EFFECTIVE || result == CANARY_SECOND || result == CANARY_NOT_NEEDED;
}

/* Could it not be tried now? Then the result before it holds. */
static inline bool canary_is_postponed(enum canary_result result)
{
	return result == CANARY_NO_PORT || result == CANARY_FROZEN || result == CANARY_LATE;
}

/* The first hook that is not proved; KERNEL_HOOKS: all are proved. */
size_t canary_first_failure(const struct canary_proof *proof);

const char *canary_words(enum canary_result result);
