/* SPDX-License-Identifier: MIT */
/* Which process has a socket, by its inode: from a BPF iterator where it loads, else from /proc. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../../bpf/abi.h"
#include "../../base/cleanup.h"

struct socket_owner {
	uint64_t inode;		/* asked for */
	uint32_t pid;		/* found: the lowest pid that has it open; 0: no process */
	uint8_t asked;		/* enum hp_asked; /proc does not show it */
	char comm[HP_COMM_LEN]; /* of that process; not terminated where it is as long */
};

struct socket_owners;

/* For the sockets of the netns with an inode number. 0, or -ENOMEM; loads nothing yet. */
int socket_owners_new(uint32_t netns_inum, struct socket_owners **ret_finder);
void socket_owners_free(struct socket_owners *finder);
DEFINE_CLEANUP(struct socket_owners, socket_owners_free)

/*
 * Fill in the processes: one walk over all processes for any number of
 * owners. `owners` is sorted by inode on return. 0, or a negative errno.
 */
int socket_owners_find(struct socket_owners *finder, struct socket_owner *owners, size_t len);

/*
 * Are all processes of the machine seen? From a PID namespace of our own they are not:
 * then a socket without an owner may have one all the same.
 */
bool socket_owners_see_all(const struct socket_owners *finder);

/* Is the source the kernel (1) or /proc (0)? -1 before the first socket_owners_find(). */
int socket_owners_ask_kernel(const struct socket_owners *finder);

/* What socket_owners_find() found for an inode, or NULL. */
const struct socket_owner *socket_owners_of(const struct socket_owner *owners, size_t len,
					    uint64_t inode);
