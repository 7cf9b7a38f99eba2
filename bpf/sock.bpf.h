/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's own socket says of itself.
 *
 * A reading is a load where the kernel has bpf_rdonly_cast() (6.2), and a call of
 * bpf_probe_read_kernel() before, which costs as much as all that an allowed
 * bind() runs through here. The verifier removes the way that is not taken.
 */
#pragma once

#include "maps.bpf.h"
#include "verdict.h"

#define PF_KTHREAD 0x00200000

#define can_cast() hp_can_cast

/* bpf_rdonly_cast() of an object to a type: see HP_CAST_CALL. The same asked twice is one call. */
#define cast(object, type)                                                                         \
	({                                                                                         \
		void *_cast;                                                                       \
		asm("r1 = %1; r2 = %2; call %3; %0 = r0"                                           \
		    : "=r"(_cast)                                                                  \
		    : "r"(object), "i"(type), "i"(HP_CAST_CALL)                                    \
		    : "r0", "r1", "r2", "r3", "r4", "r5");                                         \
		_cast;                                                                             \
	})

#define as_sock(sk) ((struct sock *)cast((sk), HP_CAST_SOCK))

/* The kernel's socket of a sockops' or, the slow way, a bind's context: what that begins with. */
static __always_inline struct sock *sock_of(void *ctx)
{
	struct sock *sk = 0;

	bpf_probe_read_kernel(&sk, sizeof(sk), ctx);
	return sk;
}

static __always_inline struct net *net_of(const void *sk)
{
	return can_cast() ? as_sock(sk)->__sk_common.skc_net.net :
			    BPF_CORE_READ((struct sock *)sk, __sk_common.skc_net.net);
}

static __always_inline bool is_in_netns(const void *sk)
{
	struct net *net = net_of(sk);

	return (can_cast() ? net->ns.inum : BPF_CORE_READ(net, ns.inum)) == hp_netns_inum;
}

/*
 * The netns that the socket belongs to, which is what the port is taken in; the
 * task's own may be another one. Without cookies (user space is told none before
 * 5.14) numbers are compared, which are another's when the netns is gone.
 */
#define in_target(ctx, sk)                                                                         \
	(!hp_netns_cookie ? is_in_netns(sk) :                                                      \
	 can_cast()	  ? net_of(sk)->net_cookie == hp_netns_cookie :                            \
			    bpf_get_netns_cookie(ctx) == hp_netns_cookie)

/* Does the kernel choose the port now? The range can be changed at any time. */
static __always_inline bool is_in_range_now(const void *sk, __u16 port)
{
	struct net *net = net_of(sk);
	struct net___before_6_8 *pair = (void *)net;
	__u32 range;

	/* from the net alone: libbpf looks through all of the kernel's types for each one named */
	if (bpf_core_field_exists(pair->ipv4.ip_local_ports.range))
		return hp_may_be_chosen(port, BPF_CORE_READ(pair, ipv4.ip_local_ports.range[0]),
					BPF_CORE_READ(pair, ipv4.ip_local_ports.range[1]));
	range = can_cast() ? net->ipv4.ip_local_ports.range :
			     BPF_CORE_READ(net, ipv4.ip_local_ports.range);
	return hp_may_be_chosen(port, range & 0xffff, range >> 16);
}

/*
 * May the kernel have chosen this port? A range that user space has read before
 * answers for most; to be wrong here would deny what nobody asked for.
 */
static __always_inline bool is_chosen(const void *sk, __u16 port)
{
	return hp_may_be_chosen(port, hp_chosen_first, hp_chosen_last) || is_in_range_now(sk, port);
}

/*
 * Is it the kernel's own, and nobody's who could be denied a port? MPTCP and SMC
 * make a TCP socket for each of a user's by the same means as VXLAN and NFS make
 * theirs; but it holds on to the namespace like a user's, and is bound by the
 * user's task, where NFS' clients are bound by a worker.
 */
static __always_inline bool is_kernel_socket(const void *socket)
{
	struct sock *sk = (void *)socket;
	struct task_struct *task;

	if (likely(can_cast() ? !BPF_CORE_READ_BITFIELD(as_sock(sk), sk_kern_sock) :
				!BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock)))
		return false;
	if (can_cast() ? !BPF_CORE_READ_BITFIELD(&as_sock(sk)->__sk_common, skc_net_refcnt) :
			 !BPF_CORE_READ_BITFIELD_PROBED(&sk->__sk_common, skc_net_refcnt))
		return true;
	task = (void *)bpf_get_current_task();
	return BPF_CORE_READ(task, flags) & PF_KTHREAD;
}

/* Has the socket no storage of any program? Then ours need not be asked for. */
static __always_inline bool has_no_storage(const void *sk)
{
	return can_cast() && bpf_core_field_exists(struct sock, sk_bpf_storage) &&
	       !as_sock(sk)->sk_bpf_storage;
}
