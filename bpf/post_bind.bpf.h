/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cgroup/post_bind4 and post_bind6, when the port is taken: what is only audited
 * becomes an event here, so that a bind() that fails makes none; and what bind
 * could not know is decided.
 */
#pragma once

#include "policy.bpf.h"

/* What the kernel chose and is told here, listen() is not to tell again. */
static __always_inline void remember_told(struct bpf_sock *ctx, const struct finding *f)
{
	struct hp_note *n = bpf_sk_storage_get(&hp_notes, ctx, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!n)
		return;
	n->verdict = HP_VERDICT_NONE;
	n->port = f->query.port;
	n->told = 1;
}

/*
 * Nothing was noted when bind() was called: the port is in a range that post_bind
 * can tell alone, port 0 was asked for, or another program has changed the port
 * since. What is denied is refused, where the kernel gives the port back then.
 */
static __always_inline void decide_final(struct bpf_sock *ctx, __u32 policy, struct hp_config *cfg,
					 struct finding *f)
{
	judge(ctx, policy, cfg, f);
	/* tried with UDP and true of TCP; UDP-Lite and DCCP keep a refused port on every kernel */
	if (f->decision.verdict == HP_VERDICT_DENIED &&
	    (!hp_guard || f->query.proto >= HP_BITMAP_PROTOS))
		f->decision.verdict = HP_VERDICT_AUDITED;
	if (f->query.chosen && f->decision.verdict != HP_VERDICT_ALLOWED &&
	    f->decision.verdict != HP_VERDICT_DENIED)
		remember_told(ctx, f);
}

/* What bind has noted is to be told. */
static __always_inline void confirm(struct hp_note *n, struct finding *f)
{
	f->decision.row = n->row;
	f->decision.cls = n->cls;
	f->decision.verdict = n->verdict;
	f->how = n->how;
	f->mode = n->mode;
	f->generation = n->generation;
	n->verdict = HP_VERDICT_NONE;
	if (!n->port) {
		n->port = f->query.port;
		n->told = 1;
	}
}

/* The note that bind has left of this port, or NULL. */
static __always_inline struct hp_note *find_note(struct bpf_sock *ctx, const struct finding *f)
{
	struct hp_note *n;

	if (!f->query.chosen || has_no_storage(ctx))
		return 0;
	n = bpf_sk_storage_get(&hp_notes, ctx, 0, 0);
	if (!n || n->verdict == HP_VERDICT_NONE || (n->port && n->port != f->query.port))
		return 0;
	return n;
}

/* A port of the kernel's choice that no row names: nobody's fault, and counted. */
static __always_inline bool is_nobodys(__u32 active, const struct hp_query *q)
{
	return q->chosen && !(active & HP_ACTIVE_EPHEMERAL) &&
	       !is_named(active & HP_ACTIVE_POLICY, q);
}

static __always_inline int on_bound(struct bpf_sock *ctx, __u32 active, struct finding *f)
{
	__u32 policy = active & HP_ACTIVE_POLICY;
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	struct hp_note *n;

	f->query.chosen = is_chosen(ctx, f->query.port);
	n = find_note(ctx, f);
	if (!n && is_nobodys(active, &f->query)) {
		count(HP_CLASS_EPHEMERAL, HP_VERDICT_ALLOWED);
		return PASS;
	}
	if (!cfg)
		return PASS;
	if (n)
		confirm(n, f);
	else
		decide_final(ctx, policy, cfg, f);
	/* explicit binds of protocols that have no bitmap come here allowed, too */
	if (f->decision.cls == HP_CLASS_NONE)
		return PASS;
	if (f->decision.verdict == HP_VERDICT_ALLOWED) {
		count(f->decision.cls, HP_VERDICT_ALLOWED);
		return PASS;
	}
	f->decision.verdict = hidden(f->decision.verdict);
	report(ctx, f);
	return f->decision.verdict == HP_VERDICT_DENIED ? refuse(cfg) : PASS;
}

/* As decide_final() with any other socket: what bind has refused is refused again. */
static __always_inline int on_canary_bound(void)
{
	if (hp_canary.guard == 1) {
		hp_canary.guard = 2;
		return REFUSE;
	}
	if (hp_guard && hp_canary.refused == hp_canary.cookie) {
		__sync_fetch_and_add(&hp_canary.again, 1);
		return REFUSE;
	}
	__sync_fetch_and_add(&hp_canary.passed, 1);
	return PASS;
}

/*
 * What bpf_get_retval() says, read where it reads it, which costs less than a call: who runs
 * the programs of a cgroup (bpf_prog_run_array_cg() in kernel/bpf/cgroup.c) has the task point
 * to what they return. report() takes the task from the finding.
 */
static __always_inline bool was_refused(struct finding *f)
{
	if (can_cast()) {
		f->task = (void *)bpf_get_current_task();
		return ((struct bpf_cg_run_ctx *)cast(as_task(f->task)->bpf_ctx, HP_CAST_RUN))
			       ->retval < 0;
	}
	return hp_has_retval && bpf_get_retval() < 0;
}

static __always_inline int on_post_bind(struct bpf_sock *ctx, struct finding *f)
{
	struct hp_query q = {
		.proto = hp_proto_of(ctx->protocol),
		.scope = scope_of(f),
		.port = ctx->src_port, /* host byte order already */
	};
	__u32 active = hp_active;
	bool passes = !(active & HP_ACTIVE_SET) || bitmap_allows(active & HP_ACTIVE_POLICY, &q);

	if (passes && likely(!hp_canary.cookie))
		return PASS;
	hide(&q, f);
	if (!in_target(ctx, ctx))
		return PASS;
	if (is_canary(ctx))
		return on_canary_bound();
	if (passes)
		return PASS;
	/* a program further down the hierarchy has refused: the port is given back */
	if (unlikely(was_refused(f)))
		return PASS;
	return on_bound(ctx, active, f);
}
