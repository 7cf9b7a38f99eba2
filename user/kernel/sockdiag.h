/* SPDX-License-Identifier: MIT */
/* The kernel's socket table, by sock_diag(7). */
#pragma once

#include <stdint.h>

#include "../../bpf/abi.h"
#include "netns.h"

/* A socket that receives on a port: a TCP listener or an unconnected UDP socket. */
struct sockdiag_socket {
	uint8_t proto;		   /* enum hp_proto */
	uint8_t family;		   /* 4 or 6 */
	uint8_t addr[HP_ADDR_LEN]; /* network byte order */
	uint16_t port;		   /* host byte order */
	uint32_t uid;
	uint64_t inode;	    /* 0: a kernel socket */
	uint64_t cgroup_id; /* of cgroup2; 0: not told */
	uint64_t cookie;    /* as bpf_get_socket_cookie() has it */
};

typedef void (*sockdiag_fn)(void *data, const struct sockdiag_socket *socket);

/*
 * Call fn for every receiving TCP and UDP socket of a netns. 0, or a negative
 * errno (-ENOENT: the kernel has no sock_diag for a protocol and can't load it;
 * the sockets of the other one were told).
 */
int sockdiag_dump(const struct netns *netns, sockdiag_fn fn, void *data);
