/* SPDX-License-Identifier: MIT */
/* Is a port held? Found out by trying to bind it, not from hooks or socket tables. */
#pragma once

#include <stdint.h>

#include "../kernel/netns.h"

enum held {
	HELD_UNKNOWN, /* the protocol has no ports, or the kernel has no such sockets */
	HELD_NO,
	HELD_YES,
};

/*
 * Does any socket in the namespace hold the port of a protocol (enum hp_proto), on
 * any address? Yes means EADDRINUSE for a wildcard address.
 */
enum held port_probe(const struct netns *netns, uint8_t proto, uint16_t port);

/*
 * Hold a port on the wildcard addresses of IPv4 and IPv6. 0 with the
 * descriptors, which are the caller's (-1: the kernel lacks the family); or a
 * negative errno.
 */
int port_probe_hold(const struct netns *netns, uint8_t proto, uint16_t port, int ret_fds[2]);
