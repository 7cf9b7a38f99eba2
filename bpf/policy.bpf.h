/* SPDX-License-Identifier: GPL-2.0-only */
/* What every program begins with: whose socket it is, and what the policy says of it. */
#pragma once

#include "report.bpf.h"

#define AF_UNSPEC  0
#define AF_INET	   2
#define AF_INET6   10

#define TCP_LISTEN 10 /* of SCTP sockets, too */

/*
 * The netns that the socket belongs to, which is what the port is taken in; the
 * task's own may be another one. `sock` is needed where the kernel can't tell
 * user space a cookie (before 5.14).
 */
#define in_target(ctx, sock)                                                                       \
	(hp_netns_cookie ?                                                                         \
		 bpf_get_netns_cookie(ctx) == hp_netns_cookie :                                    \
		 BPF_CORE_READ((sock), __sk_common.skc_net.net, ns.inum) == hp_netns_inum)

/* The kernel's socket of a bind's or sockops' context: the first member of what that points to. */
static __always_inline struct sock *sock_of(void *ctx)
{
	struct sock *sk = 0;

	bpf_probe_read_kernel(&sk, sizeof(sk), ctx);
	return sk;
}

/*
 * Is it the kernel's own, and nobody's who could be denied a port? MPTCP and SMC
 * make a TCP socket for each of a user's by the same means as VXLAN and NFS make
 * theirs; but it holds on to the namespace like a user's, and is bound by the
 * user's task, where NFS' clients are bound by a worker.
 */
static __always_inline bool is_kernel_socket(struct sock *sk)
{
	struct task_struct *task;

	if (!BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock))
		return false;
	if (!BPF_CORE_READ_BITFIELD_PROBED(&sk->__sk_common, skc_net_refcnt))
		return true;
	task = (void *)bpf_get_current_task();
	return BPF_CORE_READ(task, flags) & PF_KTHREAD;
}

static __always_inline bool front_allows(__u32 policy, const struct hp_query *q)
{
	struct hp_front *front = bpf_map_lookup_elem(&hp_fronts, &policy);

	if (!front || q->proto >= HP_FRONT_PROTOS)
		return false;
	return front->allowed[q->proto][q->scope & 1][q->port >> 6] >> (q->port & 63) & 1;
}

static __always_inline struct hp_row *find_row(__u32 policy, const struct hp_query *q)
{
	struct hp_row_key key = { .proto = q->proto, .port = q->port };
	void *rows = bpf_map_lookup_elem(&hp_rows, &policy);

	return rows ? bpf_map_lookup_elem(rows, &key) : 0;
}

/* The address that a socket is bound to, and its scope, from the socket itself. */
static __always_inline void address_of(struct sock *sk, struct finding *f)
{
	struct in6_addr *v6 = (void *)sk + bpf_core_field_offset(struct sock, __sk_common) +
			      bpf_core_field_offset(struct sock_common, skc_v6_rcv_saddr);

	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET) {
		f->family = 4;
		f->addr[0] = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		f->query.scope = hp_scope_of4(bpf_ntohl(f->addr[0]));
		return;
	}
	f->family = 6;
	bpf_probe_read_kernel(f->addr, sizeof(f->addr), v6);
	f->query.scope = hp_scope_of6(bpf_ntohl(f->addr[0]), bpf_ntohl(f->addr[1]),
				      bpf_ntohl(f->addr[2]), bpf_ntohl(f->addr[3]));
}

/* Of the namespace as it is now; the range can be changed at any time. */
static __always_inline bool is_in_range_now(struct sock *sk, __u16 port)
{
	struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);
	void *ports = (void *)net + bpf_core_field_offset(struct net, ipv4) +
		      bpf_core_field_offset(struct netns_ipv4, ip_local_ports);
	struct local_ports___before_6_8 *pair = ports;
	__u32 range;

	if (bpf_core_field_exists(pair->range))
		return hp_may_be_chosen(port, BPF_CORE_READ(pair, range[0]),
					BPF_CORE_READ(pair, range[1]));
	range = BPF_CORE_READ((struct local_ports *)ports, range);
	return hp_may_be_chosen(port, range & 0xffff, range >> 16);
}

/*
 * May the kernel have chosen this port? A range that user space has read before
 * answers for most; to be wrong here would deny what nobody asked for.
 */
static __always_inline bool is_chosen(struct sock *sk, __u16 port)
{
	return hp_may_be_chosen(port, hp_chosen_first, hp_chosen_last) || is_in_range_now(sk, port);
}
