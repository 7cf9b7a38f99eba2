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

#include "cgroup.h"
#include "kernel.h"
#include "netns.h"

struct canary {
	struct kernel *kernel;
	const struct netns *netns;
	const char *cgroup;  /* the directory that the programs are attached to */
	const char *cgroup2; /* cgroup2's mount point */
	pid_t stuck;	     /* a child that was killed and has not ended yet; 0: none */
	bool guard_tried;    /* kernel_set_guard() has its answer */
};

/* What became of the proof of one hook; see canary_words(). */
enum canary_result {
	CANARY_NOT_TRIED,
	CANARY_EFFECTIVE,
	CANARY_SECOND,	      /* overridden, but post_bind has refused it then */
	CANARY_NOT_NEEDED,    /* the kernel has no such sockets */
	CANARY_NO_PROCESS,    /* could not put a process there */
	CANARY_STUCK,	      /* the process did not end */
	CANARY_NO_SOCKET,     /* could not make a socket there */
	CANARY_NOT_DENIED,    /* bind() was not refused: the hook does not run */
	CANARY_OVERRIDDEN,    /* it was refused, and succeeded all the same */
	CANARY_NOT_BOUND,     /* a bind() that must succeed was refused before the hook could run */
	CANARY_NOT_CONFIRMED, /* a successful bind() was not seen: the hook does not run */
};

struct canary_proof {
	enum canary_result result[KERNEL_HOOKS];
	int error[KERNEL_HOOKS]; /* an errno that tells more, or 0 */
};

/*
 * Prove every hook, for IPv6 where the kernel has it. Takes a few milliseconds;
 * where a process hangs, CANARY_LIMIT_MS and little more. The first time it also
 * finds out whether post_bind may refuse (kernel_set_guard()).
 */
void canary_try(struct canary *canary, struct canary_proof *ret_proof);
#define CANARY_LIMIT_MS 2000

/* Nothing more to be wished for? */
static inline bool canary_is_proved(enum canary_result result)
{
	return result == CANARY_EFFECTIVE || result == CANARY_SECOND || result == CANARY_NOT_NEEDED;
}

/* The first hook that is not proved; KERNEL_HOOKS: all are. */
size_t canary_first_failure(const struct canary_proof *proof);

const char *canary_words(enum canary_result result);
