/* SPDX-License-Identifier: MIT */
/*
 * The proof that the hooks are effective: sockets of our own, made in the target netns
 * and below the target cgroup. bind() of one must be denied, and the programs must see
 * bind() of another one succeed. It is denied in audit mode, too, and is no violation:
 * the programs know the sockets by their cookies. Each hook is proved by itself.
 */
#pragma once

#include <limits.h>
#include <sys/types.h>

#include "canary_child.h"
#include "../cgroup.h"

struct canary {
	struct kernel *kernel;
	const struct netns *netns;
	const char *cgroup;  /* the directory that the programs are attached to */
	const char *cgroup2; /* cgroup2's mount point */
	int limit_ms;	     /* how long a process may take; after a late one twice as long */
	bool confined;	     /* a sandbox lets no process begin in another cgroup */
	pid_t stuck;	     /* a child that was killed and has not ended yet; 0: none */
	unsigned int late;   /* how many of the last processes did not end in time */

	/* between canary_begin() and canary_end() */
	pid_t pid; /* the process that tries; 0: there is none */
	int fd;	   /* its pidfd: it can be read when the process has ended */
	struct canary_proof *shared;
	char dir[PATH_MAX + 64]; /* its cgroup; empty: ours */
};

/*
 * Prove every hook, for IPv6 where the kernel has it, and find out whether post_bind may
 * refuse (kernel_set_guard()). It takes a few milliseconds, or the limit and half of it more
 * if the process hangs. Where processors are scarce, a process may only be slow: the first ones
 * that are late prove nothing, and each next one has more time. In a frozen cgroup no process is
 * made.
 */
void canary_try(struct canary *canary, struct canary_proof *ret_proof);

/*
 * The same in two steps, for who can't wait. True: a process tries, and canary_end() is called once
 * it has ended or canary_limit() has passed; false: the result is there. No other try begins
 * meanwhile.
 */
bool canary_begin(struct canary *canary, struct canary_proof *ret_proof);

/* Milliseconds that the process may take. */
int canary_limit(const struct canary *canary);

/* Take the process's result. It is waited for at most so long, and then killed. */
void canary_end(struct canary *canary, int wait_ms, struct canary_proof *ret_proof);

#define CANARY_LIMIT_MS 2000 /* at the start, when nothing else waits */
#define CANARY_AGAIN_MS 500  /* later */
#define CANARY_LATE_MAX 3    /* as many in a row hang */

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
