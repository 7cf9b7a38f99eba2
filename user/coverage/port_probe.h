/* SPDX-License-Identifier: MIT */
/* Who has a port, found out by trying to take it, whatever hooks and tables say. */
#pragma once

#include <stdint.h>

#include "../kernel/netns.h"

enum held {
	HELD_UNKNOWN, /* the protocol has no ports, or the kernel has no such sockets */
	HELD_NO,
	HELD_YES,
};

/*
 * Is the port of a protocol (enum hp_proto) held by anybody in the namespace,
 * on any address? Yes is EADDRINUSE for a wildcard address.
 */
enum held port_probe(const struct netns *netns, uint8_t proto, uint16_t port);

/*
 * Hold a port on the wildcard addresses of IPv4 and IPv6. 0 with the
 * descriptors, which are the caller's (-1: the kernel lacks the family); or a
 * negative errno.
 */
int port_probe_hold(const struct netns *netns, uint8_t proto, uint16_t port, int ret_fds[2]);
