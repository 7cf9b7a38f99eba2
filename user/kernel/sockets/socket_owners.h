/* SPDX-License-Identifier: MIT */
/* Which process has a socket, by its inode: from the kernel where it tells, else from /proc. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../../bpf/abi.h"
#include "../../base/cleanup.h"

struct socket_owner {
	uint64_t inode;		/* asked for */
	uint32_t pid;		/* found: the lowest pid that has it open; 0: none */
	uint8_t asked;		/* enum hp_asked; /proc can't tell */
	char comm[HP_COMM_LEN]; /* of that process; not terminated where it is as long */
};

struct socket_owners;

/* For the sockets of the netns with an inode number. 0, or -ENOMEM; loads nothing yet. */
int socket_owners_new(uint32_t netns_inum, struct socket_owners **ret_finder);
void socket_owners_free(struct socket_owners *finder);
DEFINE_CLEANUP(struct socket_owners, socket_owners_free)

/*
 * Fill in the processes: one walk over all of them, whatever the number of
 * owners. `owners` is sorted by inode on return. 0, or a negative errno.
 */
int socket_owners_find(struct socket_owners *finder, struct socket_owner *owners, size_t len);

/*
 * Are all processes of the machine seen? Not from a PID namespace of one's own:
 * then a socket that nobody has may be anybody's.
 */
bool socket_owners_see_all(const struct socket_owners *finder);

/* Does the kernel tell (1), or /proc (0)? -1 before the first socket_owners_find(). */
int socket_owners_ask_kernel(const struct socket_owners *finder);

/* What socket_owners_find() found for an inode, or NULL. */
const struct socket_owner *socket_owners_of(const struct socket_owner *owners, size_t len,
					    uint64_t inode);
