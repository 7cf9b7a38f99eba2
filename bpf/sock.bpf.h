/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's own socket says of itself: its namespace, its owner, its address. */
#pragma once

#include "maps.bpf.h"
#include "port_choice.bpf.h"
#include "verdict.h"

#define AF_UNSPEC  0
#define AF_INET	   2
#define AF_INET6   10

#define TCP_LISTEN 10 /* SCTP sockets have this state, too */
#define PF_KTHREAD 0x00200000

/*
 * From Linux 6.2 on, bpf_rdonly_cast() makes a kernel structure readable by plain loads.
 * The loader patches the call in: see HP_CAST_CALL. Earlier kernels read each member by
 * a call of bpf_probe_read_kernel(), which costs as much as all that an allowed bind()
 * runs here. hp_can_cast is a constant to the verifier, which removes the way that is
 * not taken.
 */
static __always_inline void *cast(const void *object, __u32 type)
{
	void *same;

	asm("r1 = %1; r2 = %2; call %3; %0 = r0"
	    : "=r"(same)
	    : "r"(object), "i"(type), "i"(HP_CAST_CALL)
	    : "r0", "r1", "r2", "r3", "r4", "r5");
	return same;
}

static __always_inline struct sock *as_sock(const void *object)
{
	return hp_can_cast ? cast(object, HP_CAST_SOCK) : (void *)object;
}

static __always_inline struct task_struct *current_task(void)
{
	void *task = (void *)bpf_get_current_task();

	return hp_can_cast ? cast(task, HP_CAST_TASK) : task;
}

/* Read a member of what was cast, or of what that points to. */
#define kernel_read(object, member) (hp_can_cast ? (object)->member : BPF_CORE_READ(object, member))
#define kernel_read_bit(object, member)                                                            \
	(hp_can_cast ? BPF_CORE_READ_BITFIELD(object, member) :                                    \
		       BPF_CORE_READ_BITFIELD_PROBED(object, member))

/* The kernel's context of a bind or sockops program begins with the kernel's socket. */
static __always_inline struct sock *sock_of(void *ctx)
{
	struct sock *sk = 0;

	bpf_probe_read_kernel(&sk, sizeof(sk), ctx);
	return sk;
}

static __always_inline struct net *net_of(struct sock *sk)
{
	return kernel_read(sk, __sk_common.skc_net.net);
}

/* Is the socket in the target netns, by the netns' inode number? */
static __always_inline bool is_in_netns(struct sock *sk)
{
	struct net *net = net_of(sk);

	return kernel_read(net, ns.inum) == hp_netns_inum;
}

/*
 * Is the socket in the target netns? A port is taken in the socket's netns, and the
 * task's own may be another one. The cookie says it for good; an inode number is
 * used again when its netns is gone, but before 5.14 user space learns no cookies.
 */
static __always_inline bool is_in_target(void *ctx, struct sock *sk)
{
	if (!hp_netns_cookie)
		return is_in_netns(sk);
	if (hp_can_cast)
		return net_of(sk)->net_cookie == hp_netns_cookie;
	return bpf_get_netns_cookie(ctx) == hp_netns_cookie;
}

/* Is the port in the range from which the kernel chooses now? The range can change at any time. */
static __always_inline bool is_in_range_now(struct sock *sk, __u16 port)
{
	struct net *net = net_of(sk);
	bool is_plain = hp_can_cast && bpf_core_field_exists(net->ipv4.ip_local_ports.range);
	__u32 range = is_plain ? net->ipv4.ip_local_ports.range : range_of(net);

	return hp_may_be_chosen(port, range & 0xffff, range >> 16);
}

/*
 * Does the kernel choose ports like this one? User space has read the range before, and
 * that answers for most ports. A wrong "no" would deny a port that no one asked for.
 */
static __always_inline bool is_in_range(struct sock *sk, __u16 port)
{
	return hp_may_be_chosen(port, hp_chosen_first, hp_chosen_last) || is_in_range_now(sk, port);
}

/*
 * May the socket have a range of its own? Nearly none has. This is asked at each bind() to port 0,
 * so it is read by a plain load where that can be.
 */
static __always_inline bool may_have_range(struct sock *sk)
{
	struct inet_sock *inet = (void *)sk;

	if (!hp_can_cast || !bpf_core_field_exists(inet->local_port_range))
		return true;
	inet = cast(sk, HP_CAST_INET);
	return inet->local_port_range != 0;
}

/* Has the kernel had the choice? Not if the socket's caller has narrowed it. */
static __always_inline bool had_choice(struct sock *sk)
{
	return likely(!may_have_range(sk)) || !has_narrowed(sk);
}

/* May the kernel have chosen this port? */
static __always_inline bool is_chosen(struct sock *sk, __u16 port)
{
	return is_in_range(sk, port) && had_choice(sk);
}

/*
 * Is it the kernel's own socket, such as VXLAN's or NFS'? MPTCP and SMC make a TCP
 * socket for each of a user's by the same means. But such a socket holds a reference
 * to the namespace as a user's does, and the user's task binds it, where a worker
 * binds those of NFS clients.
 */
static __always_inline bool is_kernel_socket(struct sock *sk)
{
	if (likely(!kernel_read_bit(sk, sk_kern_sock)))
		return false;
	if (!kernel_read_bit(&sk->__sk_common, skc_net_refcnt))
		return true;
	return kernel_read(current_task(), flags) & PF_KTHREAD;
}
