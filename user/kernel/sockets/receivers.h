/* SPDX-License-Identifier: MIT */
/* The receiving sockets of a network namespace, and the processes that have them. */
#pragma once

#include <stddef.h>

#include "../../base/cleanup.h"
#include "../../policy/receiver.h"
#include "../netns.h"
#include "kernel_sockets.h"
#include "socket_owners.h"

#define RECEIVERS_MAX 262144 /* sockets of one reading */

struct receivers_socket {
	struct receiver socket;
	struct hp_decision decision; /* receivers_keep_fn may fill it in */
	uint32_t pid;		     /* by receivers_name(); 0: no process, or unknown */
	char comm[HP_COMM_LEN];
	uint8_t asked;	/* enum hp_asked; by receivers_name(), too */
	uint8_t holder; /* enum receiver_holder; by receivers_find_holders() */
};

struct receivers {
	struct receivers_socket *list;
	size_t len;
	size_t seen;	     /* in the table, kept or not */
	uint32_t unreadable; /* bits 1 << enum hp_proto, see sockdiag_dump() */
};

/* Is the socket wanted? May fill in the decision. */
typedef bool (*receivers_keep_fn)(void *data, struct receivers_socket *socket);

/*
 * Read the socket table. 0; -E2BIG if more than RECEIVERS_MAX were wanted, or another
 * negative errno: then the list is not complete. The caller frees it in any case.
 */
int receivers_read(const struct netns *netns, receivers_keep_fn keep, void *data,
		   struct receivers *ret_receivers);

/* Find the processes that have the sockets. 0, or a negative errno. */
int receivers_name(struct receivers *receivers, struct socket_owners *finder);

/*
 * After receivers_name(): tell the kernel's own sockets from those that no process has.
 * `all_seen`: each process was found that there is.
 */
void receivers_find_holders(struct receivers *receivers, bool all_seen,
			    struct kernel_sockets *kernel_sockets, const struct netns *netns);

/* As receiver_compare() has it. */
void receivers_sort(struct receivers *receivers);

void receivers_free(struct receivers *receivers);
#define _cleanup_receivers_ _cleanup_(receivers_free)
