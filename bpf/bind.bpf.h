/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cgroup/bind4 and bind6, before the port is taken: what is denied is denied
 * here, and what post_bind could not tell by itself is noted on the socket.
 */
#pragma once

#include "policy.bpf.h"

/* The context's socket; without the cast, reading it by CO-RE wants the kernel's pointer. */
#define bind_sock(ctx) (can_cast() ? (void *)(ctx)->sk : (void *)sock_of(ctx))

/* Host byte order. A 16-bit load would be refused: the field is 32 bits wide. */
static __always_inline __u16 asked_port(struct bpf_sock_addr *ctx)
{
	return bpf_ntohs((__u16) * (volatile __u32 *)&ctx->user_port);
}

/*
 * Can post_bind tell by itself what becomes of the port? Not whether it was asked
 * for, of one that the kernel could have chosen: of that, bind leaves a note.
 */
static __always_inline bool needs_note(const void *sk, const struct hp_query *q)
{
	return q->port == 0 || is_chosen(sk, q->port);
}

/* Keep a decision on the socket until post_bind says that the port was taken. */
static __always_inline void note(struct bpf_sock_addr *ctx, const struct finding *f)
{
	struct bpf_sock *sk = ctx->sk;
	struct hp_note *n = 0;

	if (sk)
		n = bpf_sk_storage_get(&hp_notes, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!n) {
		if (f->decision.cls == HP_CLASS_UNREGISTERED) {
			count(f->decision.cls, f->decision.verdict);
			count_lost(HP_LOST_NOTE);
		}
		return;
	}
	n->row = f->decision.row;
	n->port = f->query.port;
	n->cls = f->decision.cls;
	n->how = f->how;
	n->mode = f->mode;
	n->generation = f->generation;
	n->told = 0;
	n->verdict = f->decision.verdict;
}

/* An earlier bind() of this socket may have failed and left its note. */
static __always_inline void forget(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct hp_note *n = 0;

	if (sk && !has_no_storage(sk))
		n = bpf_sk_storage_get(&hp_notes, sk, 0, 0);
	if (n)
		n->verdict = HP_VERDICT_NONE;
}

/* Decide in full. */
static __always_inline int decide(struct bpf_sock_addr *ctx, const void *sk, __u32 policy,
				  struct finding *f)
{
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);

	if (!cfg)
		return PASS;
	judge(sk, policy, cfg, f);
	if (f->decision.verdict == HP_VERDICT_ALLOWED) {
		forget(ctx);
		return PASS;
	}
	if (f->decision.verdict == HP_VERDICT_DENIED) {
		report(ctx, f);
		return refuse(cfg);
	}
	if (needs_note(sk, &f->query))
		note(ctx, f);
	return PASS;
}

/* Whatever the policy says: any port is refused, unless it is there for post_bind to see. */
static __always_inline int on_canary(const struct finding *f)
{
	if (f->query.port == 0 || hp_canary.named)
		return PASS;
	hp_canary.refused = hp_canary.cookie;
	__sync_fetch_and_add(&hp_canary.denied, 1);
	return REFUSE;
}

/*
 * Is there nothing to do for bind, whoever's the socket is? The bitmap is asked
 * before the netns, because that is the dearer question.
 */
static __always_inline bool passes_at_once(__u32 active, const struct hp_query *q)
{
	if (unlikely(hp_canary.cookie))
		return false;
	if (!(active & HP_ACTIVE_SET))
		return true;
	if (q->port == 0)
		return !(active & HP_ACTIVE_EPHEMERAL);
	return bitmap_allows(active & HP_ACTIVE_POLICY, q);
}

/* Nothing is denied: is there at least a note to leave? */
static __always_inline bool only_notes(__u32 active)
{
	return !(active & HP_ACTIVE_DENIES) && !hp_canary.cookie;
}

static __always_inline int on_bind(struct bpf_sock_addr *ctx, struct finding *f)
{
	struct hp_query q = {
		.proto = hp_proto_of(ctx->protocol),
		.scope = scope_of(f),
		.port = asked_port(ctx),
	};
	__u32 active = hp_active;
	void *sk;

	if (passes_at_once(active, &q))
		return PASS;
	hide(&q, f);
	sk = bind_sock(ctx);
	/* to read the range is cheaper than to tell the netns, or much dearer */
	if (can_cast() && only_notes(active) && !needs_note(sk, &f->query))
		return PASS;
	if (!in_target(ctx, sk))
		return PASS;
	if (is_canary(ctx))
		return on_canary(f);
	if (!can_cast() && only_notes(active) && !needs_note(sk, &f->query))
		return PASS;
	return decide(ctx, sk, active & HP_ACTIVE_POLICY, f);
}
