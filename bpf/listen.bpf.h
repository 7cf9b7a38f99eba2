/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP sockets that listen on a port of the kernel's choice: listen() without a
 * bind() before it, or after a bind() that left the port open
 * (IP_BIND_ADDRESS_NO_PORT). No bind hook sees these. What is decided here is
 * told, never denied: the socket listens already.
 *
 *   fexit/inet_csk_listen_start  runs at listen() only, where it loads
 *   sockops                      also runs several times a TCP connection
 *
 * Exactly one of them is loaded, or none. Both see the real port, and only
 * listen() that succeeded.
 */
#pragma once

#include "asked.bpf.h"
#include "policy.bpf.h"

/* Has a bind() to port 0 been told of already? */
static __always_inline bool is_told(const struct hp_note *n, const struct finding *f)
{
	return n && n->told && n->port == f->query.port;
}

/* Is there anything to tell of a socket that listens? Then `f` says what. */
static __always_inline bool decide_listen(struct sock *sk, struct finding *f)
{
	__u32 policy = hp_active & HP_ACTIVE_POLICY;
	struct hp_config *cfg;

	if (port_was_asked_for(sk)) /* then bind() has decided */
		return false;
	address_of(sk, f);
	f->query.proto = HP_PROTO_TCP;
	f->query.port = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (bitmap_allows(policy, &f->query))
		return false;
	cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	if (!cfg)
		return false;
	f->query.kernel_socket = is_kernel_socket(sk);
	f->query.chosen = is_chosen(sk, f->query.port);
	f->decision = hp_decide(cfg, find_row(policy, &f->query), &f->query);
	if (f->decision.verdict == HP_VERDICT_DENIED)
		f->decision.verdict = HP_VERDICT_AUDITED;
	f->how = f->query.kernel_socket ? HP_HOW_KERNEL : HP_HOW_LISTEN;
	f->mode = cfg->mode;
	f->generation = cfg->generation;
	return f->decision.cls != HP_CLASS_NONE && f->decision.verdict != HP_VERDICT_ALLOWED;
}

SEC("?sockops")
int hp_listen_sockops(struct bpf_sock_ops *ctx)
{
	struct finding f;
	struct bpf_sock *bound;
	struct sock *sk;

	if (ctx->op != BPF_SOCK_OPS_TCP_LISTEN_CB)
		return 1;
	f = (struct finding) { .hook = HP_HOOK_SOCKOPS };
	sk = sock_of(ctx);
	if (!in_target(ctx, sk) || !decide_listen(sk, &f))
		return 1;
	bound = ctx->sk;
	if (!bound || !is_told(bpf_sk_storage_get(&hp_notes, bound, 0, 0), &f))
		report_by(ctx, false, &f);
	return 1;
}

/* A listen() that failed leaves another state; whether it is the first argument is stable. */
SEC("?fexit/inet_csk_listen_start")
int hp_listen_fexit(__u64 *ctx)
{
	struct finding f = { .hook = HP_HOOK_FEXIT };
	struct sock *sk = (void *)ctx[0];

	if (BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum) != hp_netns_inum ||
	    BPF_CORE_READ(sk, __sk_common.skc_state) != TCP_LISTEN || !decide_listen(sk, &f))
		return 0;
	f.cookie = bpf_get_socket_cookie(sk);
	if (!is_told(bpf_sk_storage_get(&hp_notes, sk, 0, 0), &f))
		report(0, &f);
	return 0;
}
