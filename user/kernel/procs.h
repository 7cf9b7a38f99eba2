/* SPDX-License-Identifier: MIT */
/* Which process has a socket, by its inode, from /proc. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct procs_owner {
	uint64_t inode; /* asked for */
	uint32_t pid;	/* found: the lowest pid that has it open; 0: none */
};

/*
 * Fill in the pids: one walk over all processes, whatever the number of
 * owners. `owners` is sorted by inode on return. 0, or a negative errno.
 */
int procs_find(struct procs_owner *owners, size_t len);

/* The pid that procs_find() found for an inode, or 0. */
uint32_t procs_pid(const struct procs_owner *owners, size_t len, uint64_t inode);
