// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which processes have a socket of the target network namespace open: one walk over
 * all open files, inside the kernel. And which sockets of a namespace are the kernel's
 * own. Each of the two is loaded by itself: kernels before 5.11 refuse the first one.
 */
#include "../vmlinux/vmlinux.h"

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "port_choice.bpf.h"
#include "verdict.h"

#define AF_INET	   2
#define AF_INET6   10
#define TCP_LISTEN 10

const volatile __u32 hp_target_inum = 0; /* of the netns */

/* Who chose the port? MPTCP and SMC bind a socket inside this one; SCTP does not keep it. */
static __always_inline __u8 was_asked_for(struct sock *sk)
{
	switch (BPF_CORE_READ(sk, sk_protocol)) {
	case HP_IPPROTO_TCP:
	case HP_IPPROTO_UDP:
	case HP_IPPROTO_UDPLITE:
		return bind_named_port(sk) ? HP_ASKED_YES :
		       has_narrowed(sk)	   ? HP_ASKED_RANGE :
					     HP_ASKED_NO;
	}
	return HP_ASKED_UNKNOWN;
}

SEC("iter/task_file")
int hp_socket_owners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct hp_socket_owner owner = {};
	struct socket *socket;
	struct sock *sk;
	__u16 family;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = BPF_CORE_READ(socket, sk);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if ((family != AF_INET && family != AF_INET6) ||
	    BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum) != hp_target_inum)
		return 0;
	owner.inode = BPF_CORE_READ(file, f_inode, i_ino);
	owner.pid = BPF_CORE_READ(task, tgid);
	owner.asked = was_asked_for(sk);
	BPF_CORE_READ_INTO(&owner.comm, task, group_leader, comm);
	bpf_seq_write(ctx->meta->seq, &owner, sizeof(owner));
	return 0;
}

/* Who has listed the sockets before has given them cookies. */
static __always_inline void put_if_kernel(struct seq_file *seq, struct sock *sk)
{
	__u64 cookie;

	if (!BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock))
		return;
	cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	bpf_seq_write(seq, &cookie, sizeof(cookie));
}

/* MPTCP makes a socket of the kernel's kind for each of a user's: that is the user's. */
static __always_inline bool is_mptcp(struct tcp_sock *tcp)
{
	return bpf_core_field_exists(tcp->is_mptcp) && BPF_CORE_READ(tcp, is_mptcp);
}

SEC("iter/tcp")
int hp_kernel_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;

	/* a request for a connection, or what is left of one, is less than a socket */
	if (!common || BPF_CORE_READ(common, skc_state) != TCP_LISTEN ||
	    is_mptcp((struct tcp_sock *)common))
		return 0;
	put_if_kernel(ctx->meta->seq, (struct sock *)common);
	return 0;
}

SEC("iter/udp")
int hp_kernel_udp(struct bpf_iter__udp *ctx)
{
	struct udp_sock *udp = ctx->udp_sk;

	if (udp)
		put_if_kernel(ctx->meta->seq, (struct sock *)udp);
	return 0;
}

char _license[] SEC("license") = "GPL";
