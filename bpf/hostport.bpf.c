// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks every bind() of IPv4 and IPv6 sockets in the target network namespace
 * against the host port registry.
 *
 *   cgroup/bind4, bind6            decide before the kernel does, and deny
 *   cgroup/post_bind4, post_bind6  run when the port is taken. They report what is
 *                                  only audited, so a bind() that fails makes no
 *                                  event. And they decide what bind could not know:
 *                                  the port that the kernel has chosen, or one that
 *                                  another program has changed since
 *
 * listen.bpf.c and sctp.bpf.c stand beside them; they load where the kernel takes
 * them and the configuration wants them. They are parts of this object, because all
 * programs share its maps and settings.
 *
 * An allowed bind costs one word and one bit of the bitmap. The netns, the row, the
 * counters and the record are the slow path.
 *
 * Passed on purpose: sockets of other network namespaces; address families that the
 * kernel is about to refuse; kernel sockets, unless deny_kernel is set. Not seen by
 * any of these programs: raw and packet sockets, ports that connect() and sendto()
 * take.
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

#include "choices.bpf.h"
#include "report.bpf.h"

/* Is this the agent's own socket, by which it proves that the programs work? */
static __always_inline bool is_canary(void *ctx)
{
	return unlikely(hp_canary.cookie) && bpf_get_socket_cookie(ctx) == hp_canary.cookie;
}

/* ---- bind: before the port is taken -------------------------------------------------------- */

/* The context's socket. Without the cast, it has to be the kernel's own pointer. */
static __always_inline struct sock *bind_sock(struct bpf_sock_addr *ctx)
{
	return hp_can_cast ? as_sock(ctx->sk) : sock_of(ctx);
}

/* Host byte order. A 16-bit load would be refused: the field is 32 bits wide. */
static __always_inline __u16 wanted_port(struct bpf_sock_addr *ctx)
{
	return bpf_ntohs((__u16) * (volatile __u32 *)&ctx->user_port);
}

/*
 * Must bind leave a note for post_bind? Of a port that the kernel could have chosen,
 * post_bind can't tell whether bind() named it.
 */
static __always_inline bool needs_note(struct sock *sk, const struct hp_query *q)
{
	return q->port ? is_chosen(sk, q->port) : had_choice(sk);
}

/* Keep a ruling on the socket until post_bind sees that the port was taken. */
static __always_inline void leave_note(struct bpf_sock_addr *ctx, const struct hp_query *q,
				       const struct ruling *ruling)
{
	const struct hp_decision *decision = &ruling->decision;
	struct bpf_sock *sk = ctx->sk;
	struct hp_note *n = 0;

	if (sk)
		n = bpf_sk_storage_get(&hp_notes, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!n) {
		/* of the others, post_bind finds out by itself */
		if (decision->cls == HP_CLASS_UNREGISTERED ||
		    decision->cls == HP_CLASS_UNDECLARED) {
			count(decision->cls, decision->verdict, q->proto);
			hp_count_lost(HP_LOST_NOTE, workload_id(current_task()));
		}
		return;
	}
	n->row = decision->row;
	n->port = q->port;
	n->cls = decision->cls;
	n->how = ruling->how;
	n->mode = ruling->mode;
	n->generation = ruling->generation;
	n->told = 0;
	n->verdict = decision->verdict;
}

/* An earlier bind() of this socket may have failed and left its note. */
static __always_inline void drop_note(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct hp_note *n = sk ? bpf_sk_storage_get(&hp_notes, sk, 0, 0) : 0;

	if (n)
		n->verdict = HP_VERDICT_NONE;
}

/* The canary is refused whatever the policy says, except where post_bind is to see it. */
static __always_inline int bind_canary(const struct hp_query *q)
{
	if (q->port == 0 || hp_canary.named)
		return PASS;
	hp_canary.refused = hp_canary.cookie;
	__sync_fetch_and_add(&hp_canary.denied, 1);
	return REFUSE;
}

/* Does bind pass the port, whatever socket it is? This is asked before the netns, which costs more.
 */
static __always_inline bool bind_passes(__u32 active, const struct hp_query *q)
{
	if (unlikely(hp_canary.cookie))
		return false;
	if (!(active & HP_ACTIVE_SET))
		return true;
	if (q->port == 0)
		return !(active & HP_ACTIVE_EPHEMERAL);
	return bitmap_allows(active & HP_ACTIVE_POLICY, q);
}

/* May the task be in a pod? Its ancestor says so, unless pods are in several places. */
static __always_inline bool may_be_in_pod(void)
{
	__u64 root = hp_pods_root; /* read once: it may change meanwhile */

	return !root || bpf_get_current_ancestor_cgroup_id(hp_pods_level) == root;
}

/* Does the pod declare the port for every address, and is the task in its container's own group? */
static __always_inline bool is_declared_by_own_group(const struct hp_query *q)
{
	const struct hp_declared_key key = {
		.cgroup = bpf_get_current_cgroup_id(),
		.port = q->port,
		.proto = q->proto,
	};

	return bpf_map_lookup_elem(&hp_declared, &key) != 0;
}

/* What the bitmap allows, a pod has to declare. Most do plainly; rule() asks about the others. */
static __always_inline bool may_be_undeclared(const struct hp_query *q)
{
	return may_be_in_pod() && !is_declared_by_own_group(q);
}

/* `noted`: needs_note(). */
static __always_inline int decide_bind(struct bpf_sock_addr *ctx, struct sock *sk, __u32 policy,
				       struct request *request, bool noted)
{
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	bool leaves_note = opaque(noted); /* the ways that part at `noted` meet again */
	struct ruling ruling;

	if (!cfg)
		return PASS;
	request->query.chosen = noted && is_chosen_before(sk, &request->query);
	decide(sk, policy, cfg, how_bound(&request->query), request, &ruling);
	if (ruling.decision.verdict == HP_VERDICT_ALLOWED) {
		drop_note(ctx);
		return PASS;
	}
	if (ruling.decision.verdict == HP_VERDICT_DENIED) {
		report(ctx, HP_HOOK_BIND, request, &ruling);
		return refuse(cfg);
	}
	if (leaves_note)
		leave_note(ctx, &request->query, &ruling);
	return PASS;
}

static __always_inline int on_bind(struct bpf_sock_addr *ctx, struct request *request)
{
	struct hp_query *q = &request->query;
	__u32 active = hp_active;
	bool noted, passes;
	struct sock *sk;

	q->proto = hp_proto_of(ctx->protocol);
	q->scope = scope_of(request);
	q->port = wanted_port(ctx);
	passes = bind_passes(active, q);
	if (passes && (likely(!(active & HP_ACTIVE_PODS)) || !q->port))
		return PASS;
	passes = opaque(passes);
	leave_fast_path(request);
	sk = bind_sock(ctx);
	if (!is_in_target(ctx, sk))
		return PASS;
	if (is_canary(ctx))
		return bind_canary(q);
	noted = needs_note(sk, q);
	if (!noted && !(active & HP_ACTIVE_DENIES))
		return PASS;
	if (passes && !may_be_undeclared(q))
		return PASS;
	return decide_bind(ctx, sk, active & HP_ACTIVE_POLICY, request, noted);
}

SEC("cgroup/bind4")
int hp_bind4(struct bpf_sock_addr *ctx)
{
	struct request request = { .family = 4 };

	request.addr[0] = ctx->user_ip4;
	/* AF_UNSPEC with the wildcard address is bound like AF_INET; the rest fails */
	if (ctx->user_family != AF_INET && (ctx->user_family != AF_UNSPEC || request.addr[0]))
		return PASS;
	return on_bind(ctx, &request);
}

SEC("cgroup/bind6")
int hp_bind6(struct bpf_sock_addr *ctx)
{
	struct request request = { .family = 6 };

	if (ctx->user_family != AF_INET6)
		return PASS;
	request.addr[0] = ctx->user_ip6[0];
	request.addr[1] = ctx->user_ip6[1];
	request.addr[2] = ctx->user_ip6[2];
	request.addr[3] = ctx->user_ip6[3];
	return on_bind(ctx, &request);
}

/* ---- post_bind: the port is taken ---------------------------------------------------------- */

/* This port, which no bind() may have named, is reported here: listen() must not do so again. */
static __always_inline void note_reported(struct bpf_sock *ctx, const struct hp_query *q)
{
	struct hp_note *n = bpf_sk_storage_get(&hp_notes, ctx, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!n)
		return;
	n->verdict = HP_VERDICT_NONE;
	n->port = q->port;
	n->told = 1;
}

/*
 * bind left no note: post_bind can tell the port by itself, or bind() asked for port
 * 0, or another program has changed the port since. A denied port is refused where
 * the kernel gives it back then. `in_range`: listen() can't tell that this was reported.
 */
static __always_inline void decide_bound(struct bpf_sock *ctx, struct sock *sk, __u32 policy,
					 const struct hp_config *cfg, struct request *request,
					 bool in_range, struct ruling *ruling)
{
	const struct hp_query *q = &request->query;

	decide(sk, policy, cfg, how_bound(q), request, ruling);
	/* tried with UDP and true of TCP; UDP-Lite and DCCP keep a refused port on every kernel */
	if (!hp_guard || q->proto >= HP_BITMAP_PROTOS)
		audit_only(ruling);
	if (in_range && ruling->decision.verdict != HP_VERDICT_ALLOWED &&
	    ruling->decision.verdict != HP_VERDICT_DENIED)
		note_reported(ctx, q);
}

/* The bind() that left this note has succeeded: its ruling holds. */
static __always_inline void confirm_note(struct hp_note *n, const struct hp_query *q,
					 struct ruling *ruling)
{
	ruling->decision.row = n->row;
	ruling->decision.cls = n->cls;
	ruling->decision.verdict = n->verdict;
	ruling->how = n->how;
	ruling->mode = n->mode;
	ruling->generation = n->generation;
	n->verdict = HP_VERDICT_NONE;
	if (!n->port) {
		n->port = q->port;
		n->told = 1;
	}
}

/* The note that bind has left of this port, or NULL. */
static __always_inline struct hp_note *find_note(struct bpf_sock *ctx, const struct hp_query *q)
{
	struct hp_note *n;

	if (!q->chosen)
		return 0;
	n = bpf_sk_storage_get(&hp_notes, ctx, 0, 0);
	if (!n || n->verdict == HP_VERDICT_NONE || (n->port && n->port != q->port))
		return 0;
	return n;
}

/* Has the kernel chosen a port that no row names? That is no violation, and only counted. */
static __always_inline bool is_unnamed_choice(__u32 active, const struct hp_query *q)
{
	return q->chosen && !(active & HP_ACTIVE_EPHEMERAL) &&
	       !is_named(active & HP_ACTIVE_POLICY, q);
}

static __always_inline int check_bound(struct bpf_sock *ctx, struct sock *sk, __u32 active,
				       struct request *request)
{
	__u32 policy = active & HP_ACTIVE_POLICY;
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	struct hp_query *q = &request->query;
	bool in_range = is_in_range(sk, q->port);
	bool may_listen = opaque(in_range); /* as in decide_bind() */
	struct ruling ruling = {};
	struct hp_note *n;

	q->chosen = in_range && had_choice(sk);
	if (!cfg)
		return PASS;
	n = find_note(ctx, q);
	if (n)
		confirm_note(n, q, &ruling);
	else if (is_unnamed_choice(active, q))
		ruling.decision = (struct hp_decision) {
			.cls = HP_CLASS_EPHEMERAL,
			.verdict = HP_VERDICT_ALLOWED,
		};
	else
		decide_bound(ctx, sk, policy, cfg, request, may_listen, &ruling);
	if (ruling.decision.cls == HP_CLASS_EPHEMERAL)
		remember_choice(sk, q);
	/* explicit binds of protocols that the bitmap lacks, and of pods, come here allowed, too */
	if (ruling.decision.cls == HP_CLASS_NONE)
		return PASS;
	if (ruling.decision.verdict == HP_VERDICT_ALLOWED) {
		count(ruling.decision.cls, HP_VERDICT_ALLOWED, q->proto);
		return PASS;
	}
	report(ctx, HP_HOOK_POST_BIND, request, &ruling);
	return ruling.decision.verdict == HP_VERDICT_DENIED ? refuse(cfg) : PASS;
}

/* As decide_bound() for any other socket: what bind has refused is refused again. */
static __always_inline int post_bind_canary(void)
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

/* A cgroup further down asks first: if its program has refused, the port is given back. */
static __always_inline bool is_already_refused(void)
{
	return hp_has_retval && bpf_get_retval() < 0;
}

static __always_inline int on_post_bind(struct bpf_sock *ctx, struct request *request)
{
	struct hp_query *q = &request->query;
	__u32 active = hp_active;
	struct sock *sk;
	bool passes;

	q->proto = hp_proto_of(ctx->protocol);
	q->scope = scope_of(request);
	q->port = ctx->src_port; /* host byte order already */
	passes = !(active & HP_ACTIVE_SET) || bitmap_allows(active & HP_ACTIVE_POLICY, q);
	if (passes && likely(!hp_canary.cookie) && likely(!(active & HP_ACTIVE_PODS)))
		return PASS;
	passes = opaque(passes);
	leave_fast_path(request);
	sk = as_sock(ctx);
	if (!is_in_target(ctx, sk))
		return PASS;
	if (is_canary(ctx))
		return post_bind_canary();
	if (passes && (!(active & HP_ACTIVE_PODS) || !may_be_undeclared(q)))
		return PASS;
	if (unlikely(is_already_refused()))
		return PASS;
	return check_bound(ctx, sk, active, request);
}

SEC("cgroup/post_bind4")
int hp_post_bind4(struct bpf_sock *ctx)
{
	struct request request = { .family = 4 };

	request.addr[0] = ctx->src_ip4;
	return on_post_bind(ctx, &request);
}

SEC("cgroup/post_bind6")
int hp_post_bind6(struct bpf_sock *ctx)
{
	struct request request = { .family = 6 };

	request.addr[0] = ctx->src_ip6[0];
	request.addr[1] = ctx->src_ip6[1];
	request.addr[2] = ctx->src_ip6[2];
	request.addr[3] = ctx->src_ip6[3];
	return on_post_bind(ctx, &request);
}

/* ---- the other programs -------------------------------------------------------------------- */

#include "listen.bpf.c"
#include "sctp.bpf.c"

char _license[] SEC("license") = "GPL";
