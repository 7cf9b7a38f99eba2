// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks every bind() of IPv4 and IPv6 sockets in the target network namespace
 * against the host port registry.
 *
 *   cgroup/bind4, bind6            decide before the kernel does, and deny
 *   cgroup/post_bind4, post_bind6  run when the port is taken, and confirm:
 *                                  what is only audited becomes an event here,
 *                                  so a bind() that fails makes none; they also
 *                                  decide what bind could not know: the port
 *                                  that the kernel has chosen, or one that
 *                                  another program has changed meanwhile
 *
 * Beside them, where they load and are wanted: listen.bpf.h tells of listen()
 * without a bind() before it, sctp.bpf.h checks SCTP.
 *
 * An allowed bind costs one word and one bit of the bitmap. Everything else is off
 * that path: the netns, the row, the counters, the record.
 *
 * Let pass on purpose: sockets of other network namespaces; address families
 * that the kernel is about to refuse; kernel sockets, unless deny_kernel is set.
 * Not seen by any of these programs: raw and packet sockets, ports that
 * connect() and sendto() take.
 *
 * Programs return exactly 0 or 1: a 3 would skip CAP_NET_BIND_SERVICE.
 */
#include "../vmlinux/vmlinux.h"

#include <asm-generic/errno-base.h>
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bind.bpf.h"
#include "listen.bpf.h"
#include "post_bind.bpf.h"
#include "sctp.bpf.h"

SEC("cgroup/bind4")
int hp_bind4(struct bpf_sock_addr *ctx)
{
	struct finding f = { .family = 4, .hook = HP_HOOK_BIND };

	f.addr[0] = ctx->user_ip4;
	/* AF_UNSPEC with the wildcard address is bound like AF_INET; the rest fails */
	if (ctx->user_family != AF_INET && (ctx->user_family != AF_UNSPEC || f.addr[0]))
		return PASS;
	return on_bind(ctx, &f);
}

SEC("cgroup/bind6")
int hp_bind6(struct bpf_sock_addr *ctx)
{
	struct finding f = { .family = 6, .hook = HP_HOOK_BIND };

	if (ctx->user_family != AF_INET6)
		return PASS;
	f.addr[0] = ctx->user_ip6[0];
	f.addr[1] = ctx->user_ip6[1];
	f.addr[2] = ctx->user_ip6[2];
	f.addr[3] = ctx->user_ip6[3];
	return on_bind(ctx, &f);
}

SEC("cgroup/post_bind4")
int hp_post_bind4(struct bpf_sock *ctx)
{
	struct finding f = { .family = 4, .hook = HP_HOOK_POST_BIND };

	f.addr[0] = ctx->src_ip4;
	return on_post_bind(ctx, &f);
}

SEC("cgroup/post_bind6")
int hp_post_bind6(struct bpf_sock *ctx)
{
	struct finding f = { .family = 6, .hook = HP_HOOK_POST_BIND };

	f.addr[0] = ctx->src_ip6[0];
	f.addr[1] = ctx->src_ip6[1];
	f.addr[2] = ctx->src_ip6[2];
	f.addr[3] = ctx->src_ip6[3];
	return on_post_bind(ctx, &f);
}

char _license[] SEC("license") = "GPL";
