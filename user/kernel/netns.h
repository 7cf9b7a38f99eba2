/* SPDX-License-Identifier: MIT */
/* The target network namespace. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct netns {
	int fd;		 /* of the target; owned; -1: the agent's own */
	uint64_t cookie; /* 0: this kernel does not tell it (before 5.14) */
	uint32_t inum;	 /* the inode number of /proc/PID/ns/net */
};

/*
 * Open a netns file (/run/netns/NAME, /proc/PID/ns/net), or with NULL the
 * calling process's own. 0, or a negative errno (-EINVAL: not such a file).
 */
int netns_open(const char *path, struct netns *ret_netns);
void netns_close(struct netns *netns);

/* Is the file the calling process's own netns by another name? Entering it takes CAP_SYS_ADMIN. */
bool netns_is_own(const char *path);

/*
 * Call fn inside the netns and return what it returns; a negative errno if
 * the netns can't be entered. If it can't return, the process aborts: it must
 * not go on in another netns.
 */
int netns_call(const struct netns *netns, int (*fn)(void *data), void *data);
