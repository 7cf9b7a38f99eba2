/* SPDX-License-Identifier: MIT */
/*
 * The proof that the hooks are effective: a socket of our own, made in the
 * target netns and below the target cgroup, whose bind() the programs must
 * deny, and whose next one they must see succeed. It is denied in audit mode,
 * too, and is no violation: the programs know it by its cookie.
 */
#pragma once

#include "cgroup.h"
#include "kernel.h"
#include "netns.h"

struct canary {
	struct kernel *kernel;
	const struct netns *netns;
	const char *cgroup;  /* the directory that the programs are attached to */
	const char *cgroup2; /* cgroup2's mount point */
};

/* Why a canary failed; see canary_words(). */
enum canary_result {
	CANARY_NOT_TRIED,
	CANARY_EFFECTIVE,
	CANARY_NO_PROCESS,   /* could not put a process there */
	CANARY_NO_SOCKET,    /* could not make a socket there */
	CANARY_NOT_DENIED,   /* bind() was not refused: the bind hook does not run */
	CANARY_NOT_CONFIRMED /* a successful bind() was not seen: the post_bind hook does not run */
};

/*
 * Try IPv4, and IPv6 where the kernel has it. `ret_errno` tells why for the
 * first two. Where that succeeds, the kernel is told whether post_bind may
 * refuse (kernel_set_guard()).
 */
enum canary_result canary_try(const struct canary *canary, int *ret_errno);

const char *canary_words(enum canary_result result);
