/* SPDX-License-Identifier: MIT */
/*
 * The canary's binds, in the target netns: what is tried, and the result for each hook.
 * canary.h puts the process into the cgroup.
 */
#pragma once

#include <stdbool.h>

#include "../kernel.h"
#include "../netns.h"

/* The result for one hook; see canary_words(). */
enum canary_result {
	CANARY_NOT_TRIED,
	CANARY_EFFECTIVE,
	CANARY_SECOND,	      /* overridden, but then refused by post_bind */
	CANARY_NOT_NEEDED,    /* the kernel has no such sockets */
	CANARY_NO_PORT,	      /* no port was free to try it with */
	CANARY_FROZEN,	      /* the cgroup is: a process there would not run */
	CANARY_LATE,	      /* the process did not end in time; the next one may */
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
 * Try every hook, for IPv6 where the kernel has it, and whether post_bind may refuse
 * (kernel_set_guard()). The canary's memory keeps the last socket's cookie.
 */
void canary_child_try(struct kernel *kernel, const struct netns *netns, struct canary_proof *proof);
