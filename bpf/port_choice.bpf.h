/* SPDX-License-Identifier: GPL-2.0-only */
/* Who chose a socket's port: a bind() that named it, the socket's own range, or the kernel. */
#pragma once

#include <stdbool.h>

#include "verdict.h"

#define SOCK_BINDPORT_LOCK 8

/* Did a bind() name the port? The socket knows it once that bind() has returned. */
static __always_inline bool bind_named_port(struct sock *sk)
{
	return BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BINDPORT_LOCK;
}

/* The range from which the kernel chooses in a namespace, as HP_RANGE(). */
static __always_inline __u32 range_of(struct net *net)
{
	struct net___before_6_8 *pair = (void *)net;

	/* from the net alone: libbpf looks through all of the kernel's types for each one named */
	if (bpf_core_field_exists(pair->ipv4.ip_local_ports.range))
		return HP_RANGE(BPF_CORE_READ(pair, ipv4.ip_local_ports.range[0]),
				BPF_CORE_READ(pair, ipv4.ip_local_ports.range[1]));
	return BPF_CORE_READ(net, ipv4.ip_local_ports.range);
}

/* The socket's own range (IP_LOCAL_PORT_RANGE, Linux 6.3), as HP_RANGE(); 0: it has none. */
static __always_inline __u32 own_range_of(struct sock *sk)
{
	struct inet_sock___before_6_8 *pair = (void *)sk;
	struct inet_sock *inet = (void *)sk;

	if (bpf_core_field_exists(inet->local_port_range))
		return BPF_CORE_READ(inet, local_port_range);
	if (bpf_core_field_exists(pair->local_port_range.lo))
		return HP_RANGE(BPF_CORE_READ(pair, local_port_range.lo),
				BPF_CORE_READ(pair, local_port_range.hi));
	return 0;
}

/* Has the socket's caller narrowed the kernel's choice? Then it has asked for the port. */
static __always_inline bool has_narrowed(struct sock *sk)
{
	__u32 own = own_range_of(sk);

	return own && hp_is_narrower(own, range_of(BPF_CORE_READ(sk, __sk_common.skc_net.net)));
}
