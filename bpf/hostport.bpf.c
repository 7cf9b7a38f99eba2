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
 * An allowed bind costs a comparison of the netns and one bit of the front.
 * Everything else is off that path: the row, the counters, the record.
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

#include "policy.bpf.h"

#define REFUSE 0
#define PASS   1

static __always_inline bool is_canary(void *ctx)
{
	return hp_canary.cookie && bpf_get_socket_cookie(ctx) == hp_canary.cookie;
}

/* ---- bind: before the port is taken ------------------------------------------------------- */

/* The context's socket; without the cast, reading it by CO-RE wants the kernel's pointer. */
#define bind_sock(ctx) (can_cast() ? (void *)(ctx)->sk : (void *)sock_of(ctx))

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

static __always_inline int refuse(const struct hp_config *cfg)
{
	/* EPERM is what a refusal is by itself, and without the helper always */
	if (hp_has_retval && cfg->errno_code != EPERM)
		bpf_set_retval(-(int)cfg->errno_code);
	return REFUSE;
}

/* Decide in full. */
static __always_inline int decide(struct bpf_sock_addr *ctx, const void *sk, __u32 policy,
				  struct finding *f)
{
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);

	if (!cfg)
		return PASS;
	f->query.kernel_socket = is_kernel_socket(sk);
	f->decision = hp_decide(cfg, find_row(policy, &f->query), &f->query);
	if (f->decision.verdict == HP_VERDICT_ALLOWED) {
		forget(ctx);
		return PASS;
	}
	f->mode = cfg->mode;
	f->generation = cfg->generation;
	f->how = f->query.kernel_socket ? HP_HOW_KERNEL :
		 f->query.port		? HP_HOW_BIND :
					  HP_HOW_BIND0;
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
 * Is there nothing to do for bind, whoever's the socket is? The front is asked
 * before the netns, because that is the dearer question.
 */
static __always_inline bool passes_at_once(__u32 active, const struct hp_query *q)
{
	if (hp_canary.cookie)
		return false;
	if (!(active & HP_ACTIVE_SET))
		return true;
	if (q->port == 0)
		return !(active & HP_ACTIVE_EPHEMERAL);
	return front_allows(active & HP_ACTIVE_POLICY, q);
}

/* Nothing is denied: is there at least a note to leave? */
static __always_inline bool only_notes(__u32 active)
{
	return !(active & HP_ACTIVE_DENIES) && !hp_canary.cookie;
}

static __always_inline int on_bind(struct bpf_sock_addr *ctx, struct finding *f)
{
	__u32 active = hp_active;
	void *sk;

	if (passes_at_once(active, &f->query))
		return PASS;
	sk = bind_sock(ctx);
	/* reading the range is cheaper than the netns, or much dearer */
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

SEC("cgroup/bind4")
int hp_bind4(struct bpf_sock_addr *ctx)
{
	struct finding f = { .family = 4, .hook = HP_HOOK_BIND };

	f.addr[0] = ctx->user_ip4;
	/* AF_UNSPEC with the wildcard address is bound like AF_INET; the rest fails */
	if (ctx->user_family != AF_INET && (ctx->user_family != AF_UNSPEC || f.addr[0]))
		return PASS;
	f.query.scope = hp_scope_of4(bpf_ntohl(f.addr[0]));
	f.query.proto = hp_proto_of(ctx->protocol);
	/* a 16-bit load of the port would be refused: the field is 32 bits wide */
	f.query.port = bpf_ntohs((__u16) * (volatile __u32 *)&ctx->user_port);
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
	f.query.scope = hp_scope_of6(bpf_ntohl(f.addr[0]), bpf_ntohl(f.addr[1]),
				     bpf_ntohl(f.addr[2]), bpf_ntohl(f.addr[3]));
	f.query.proto = hp_proto_of(ctx->protocol);
	f.query.port = bpf_ntohs((__u16) * (volatile __u32 *)&ctx->user_port);
	return on_bind(ctx, &f);
}

/* ---- post_bind: the port is taken --------------------------------------------------------- */

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
	f->query.kernel_socket = is_kernel_socket(ctx);
	f->decision = hp_decide(cfg, find_row(policy, &f->query), &f->query);
	/* tried with UDP and true of TCP; UDP-Lite and DCCP keep a refused port on every kernel */
	if (f->decision.verdict == HP_VERDICT_DENIED &&
	    (!hp_guard || f->query.proto >= HP_FRONT_PROTOS))
		f->decision.verdict = HP_VERDICT_AUDITED;
	f->how = f->query.kernel_socket ? HP_HOW_KERNEL :
		 f->query.chosen	? HP_HOW_BIND0 :
					  HP_HOW_BIND;
	f->mode = cfg->mode;
	f->generation = cfg->generation;
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
	/* explicit binds of protocols that have no front come here allowed, too */
	if (f->decision.cls == HP_CLASS_NONE)
		return PASS;
	if (f->decision.verdict == HP_VERDICT_ALLOWED) {
		count(f->decision.cls, HP_VERDICT_ALLOWED);
		return PASS;
	}
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

static __always_inline int on_post_bind(struct bpf_sock *ctx, struct finding *f)
{
	__u32 active = hp_active;
	bool quiet =
		!(active & HP_ACTIVE_SET) || front_allows(active & HP_ACTIVE_POLICY, &f->query);

	if (quiet && !hp_canary.cookie)
		return PASS;
	if (!in_target(ctx, ctx))
		return PASS;
	if (is_canary(ctx))
		return on_canary_bound();
	if (quiet)
		return PASS;
	/* a program further down the hierarchy has refused: the port is given back */
	if (hp_has_retval && bpf_get_retval() < 0)
		return PASS;
	return on_bound(ctx, active, f);
}

SEC("cgroup/post_bind4")
int hp_post_bind4(struct bpf_sock *ctx)
{
	struct finding f = { .family = 4, .hook = HP_HOOK_POST_BIND };

	f.addr[0] = ctx->src_ip4;
	f.query.scope = hp_scope_of4(bpf_ntohl(f.addr[0]));
	f.query.proto = hp_proto_of(ctx->protocol);
	f.query.port = ctx->src_port; /* host byte order already */
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
	f.query.scope = hp_scope_of6(bpf_ntohl(f.addr[0]), bpf_ntohl(f.addr[1]),
				     bpf_ntohl(f.addr[2]), bpf_ntohl(f.addr[3]));
	f.query.proto = hp_proto_of(ctx->protocol);
	f.query.port = ctx->src_port;
	return on_post_bind(ctx, &f);
}

#include "listen.bpf.h"
#include "sctp.bpf.h"

char _license[] SEC("license") = "GPL";
