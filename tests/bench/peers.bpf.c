// SPDX-License-Identifier: GPL-2.0-only
/*
 * Other designs, as small as they can be, to be measured beside ours:
 *
 *   empty          bind hooks that do nothing: the least that a bind hook costs
 *   empty-post     the same, and post_bind hooks
 *   both           all four
 *   silent         refuses each bind, and reports nothing
 *   linear         128 rules, looked at one after the other, as a service
 *                  manager's list of a unit's ports is
 *   tracer         looks at the system call's begin and end, and keeps the
 *                  arguments in between
 *   foreign        programs of others beside ours: empty, or with one look-up
 *
 * Nothing of these is part of the product.
 */
#include <linux/bpf.h>

#include <stdbool.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "peers.h"

#define REFUSE 0
#define PASS   1

/* ---- empty --------------------------------------------------------------------------------- */

SEC("cgroup/bind4")
int empty_bind4(struct bpf_sock_addr *ctx __attribute__((unused)))
{
	return PASS;
}

SEC("cgroup/bind6")
int empty_bind6(struct bpf_sock_addr *ctx __attribute__((unused)))
{
	return PASS;
}

SEC("cgroup/post_bind4")
int empty_post_bind4(struct bpf_sock *ctx __attribute__((unused)))
{
	return PASS;
}

SEC("cgroup/post_bind6")
int empty_post_bind6(struct bpf_sock *ctx __attribute__((unused)))
{
	return PASS;
}

/* ---- silent -------------------------------------------------------------------------------- */

SEC("cgroup/bind4")
int silent_bind4(struct bpf_sock_addr *ctx __attribute__((unused)))
{
	return REFUSE;
}

SEC("cgroup/bind6")
int silent_bind6(struct bpf_sock_addr *ctx __attribute__((unused)))
{
	return REFUSE;
}

/* ---- linear -------------------------------------------------------------------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PEER_RULES);
	__type(key, __u32);
	__type(value, struct peer_rule);
} rules SEC(".maps");

static __always_inline bool matches(const struct peer_rule *rule, struct bpf_sock_addr *ctx,
				    __u16 port)
{
	return rule->family == ctx->family && rule->protocol == ctx->protocol &&
	       (__u16)(port - rule->first) < rule->count;
}

static __always_inline int any_matches(struct bpf_sock_addr *ctx)
{
	/* a 16-bit load of the port would be refused: the field is 32 bits wide */
	__u16 port = bpf_ntohs((__u16) * (volatile __u32 *)&ctx->user_port);
	const struct peer_rule *rule;

	for (__u32 i = 0; i < PEER_RULES; i++) {
		__u32 key = i;

		rule = bpf_map_lookup_elem(&rules, &key);
		if (rule && matches(rule, ctx, port))
			return PASS;
	}
	return REFUSE;
}

SEC("cgroup/bind4")
int linear_bind4(struct bpf_sock_addr *ctx)
{
	return any_matches(ctx);
}

SEC("cgroup/bind6")
int linear_bind6(struct bpf_sock_addr *ctx)
{
	return any_matches(ctx);
}

/* ---- tracer -------------------------------------------------------------------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct peer_call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} traced SEC(".maps");

struct sys_enter {
	__u64 common;
	__u64 nr;
	__u64 args[6];
};

/* The first two members of each socket address. */
struct address_head {
	__u16 family, port;
};

SEC("tracepoint/syscalls/sys_enter_bind")
int tracer_enter(struct sys_enter *ctx)
{
	__u64 task = bpf_get_current_pid_tgid();
	struct peer_call call = { .fd = ctx->args[0],
				  .address = ctx->args[1],
				  .len = ctx->args[2] };
	struct address_head head = { 0 };

	if (bpf_probe_read_user(&head, sizeof(head), (void *)(unsigned long)call.address) == 0) {
		call.family = head.family;
		call.port = head.port;
	}
	bpf_map_update_elem(&calls, &task, &call, BPF_ANY);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_bind")
int tracer_exit(void *ctx __attribute__((unused)))
{
	__u64 task = bpf_get_current_pid_tgid(), *seen;
	struct peer_call *call = bpf_map_lookup_elem(&calls, &task);
	__u32 first = 0;

	if (!call)
		return 0;
	seen = bpf_map_lookup_elem(&traced, &first);
	if (seen && call->port)
		*seen += 1;
	bpf_map_delete_elem(&calls, &task);
	return 0;
}

/* ---- foreign programs ---------------------------------------------------------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, __u32);
	__type(value, __u32);
} elsewhere SEC(".maps");

static __always_inline int misses(struct bpf_sock_addr *ctx)
{
	__u32 port = ctx->user_port;

	return bpf_map_lookup_elem(&elsewhere, &port) ? REFUSE : PASS;
}

SEC("cgroup/bind4")
int miss_bind4(struct bpf_sock_addr *ctx)
{
	return misses(ctx);
}

SEC("cgroup/bind6")
int miss_bind6(struct bpf_sock_addr *ctx)
{
	return misses(ctx);
}

char _license[] SEC("license") = "GPL";
