/* SPDX-License-Identifier: MIT */
/* What peers.bpf.c and user space share. */
#pragma once

#include <linux/types.h>

#define PEER_RULES 128

/* As a socket unit would state it; all zero matches nothing. */
struct peer_rule {
	__u32 family;	/* AF_INET, AF_INET6 */
	__u32 protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	__u16 first;	/* port, host byte order */
	__u16 count;	/* ports from there on */
};

/* What a tracer keeps from a system call's begin to its end. */
struct peer_call {
	__u64 fd;
	__u64 address;
	__u64 len;
	__u16 family;
	__u16 port; /* network byte order */
	__u32 pad;
};
