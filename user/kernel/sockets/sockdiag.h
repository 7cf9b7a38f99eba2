/* SPDX-License-Identifier: MIT */
/* The kernel's socket table, by sock_diag(7). */
#pragma once

#include <stdint.h>

#include "../../policy/receiver.h"
#include "../netns.h"

typedef void (*sockdiag_fn)(void *data, const struct receiver *socket);

/*
 * Call fn for every receiving socket of a netns: TCP, SCTP and DCCP listeners,
 * UDP and UDP-Lite sockets. (MPTCP listeners are among the TCP ones.) 0, or a
 * negative errno: then some are missing.
 *
 * *ret_unreadable has a bit 1 << enum hp_proto for each protocol that is in use
 * but whose sockets this kernel does not list, because its module is missing.
 */
int sockdiag_dump(const struct netns *netns, sockdiag_fn fn, void *data, uint32_t *ret_unreadable);

/*
 * Close a TCP listener of any process: it accepts nothing more, but its port stays
 * bound to it. 0; -ENOENT: it is gone, or can't be told apart from others of its port;
 * -EOPNOTSUPP: the kernel was built without it; -EINVAL: it belongs to an MPTCP socket;
 * or another negative errno.
 */
int sockdiag_close(const struct netns *netns, const struct receiver *socket);
