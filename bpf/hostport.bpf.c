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
 * An allowed bind costs one word and one bit of the front. Everything else is off
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

/* Each asks for what nearly every bind() ends with, and then for the rest. */

SEC("cgroup/bind4")
int hp_bind4(struct bpf_sock_addr *ctx)
{
	struct hp_query q = {};

	/* AF_UNSPEC with the wildcard address is bound like AF_INET; the rest fails */
	if (ctx->user_family != AF_INET && (ctx->user_family != AF_UNSPEC || ctx->user_ip4))
		return PASS;
	ask_bind4(ctx, &q);
	return bind_passes(ctx, &q) ? PASS : check_bind4(ctx);
}

SEC("cgroup/bind6")
int hp_bind6(struct bpf_sock_addr *ctx)
{
	struct hp_query q = {};

	if (ctx->user_family != AF_INET6)
		return PASS;
	ask_bind6(ctx, &q);
	return bind_passes(ctx, &q) ? PASS : check_bind6(ctx);
}

SEC("cgroup/post_bind4")
int hp_post_bind4(struct bpf_sock *ctx)
{
	struct hp_query q = {};

	ask_post_bind4(ctx, &q);
	return post_bind_passes(ctx, &q) ? PASS : check_post_bind4(ctx);
}

SEC("cgroup/post_bind6")
int hp_post_bind6(struct bpf_sock *ctx)
{
	struct hp_query q = {};

	ask_post_bind6(ctx, &q);
	return post_bind_passes(ctx, &q) ? PASS : check_post_bind6(ctx);
}

char _license[] SEC("license") = "GPL";
