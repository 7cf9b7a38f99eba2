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

/*
 * Without its note, will post_bind take the port for one that the kernel chose?
 * Of any other it decides again, and tells.
 */
static __always_inline bool looks_chosen(struct bpf_sock_addr *ctx, const struct finding *f)
{
	return f->decision.cls == HP_CLASS_UNREGISTERED && is_chosen(sock_of(ctx), f->query.port);
}

/* Keep a decision on the socket until post_bind says that the port was taken. */
static __always_inline void note(struct bpf_sock_addr *ctx, const struct finding *f)
{
	struct bpf_sock *sk = ctx->sk;
	struct hp_note *n = 0;

	if (sk)
		n = bpf_sk_storage_get(&hp_notes, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!n) {
		if (looks_chosen(ctx, f)) {
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
	struct hp_note *n = sk ? bpf_sk_storage_get(&hp_notes, sk, 0, 0) : 0;

	if (n)
		n->verdict = HP_VERDICT_NONE;
}

static __always_inline int refuse(void *ctx, const struct hp_config *cfg, const struct finding *f)
{
	report(ctx, f);
	/* without the helper a refusal is always EPERM */
	if (hp_has_retval)
		bpf_set_retval(-(int)cfg->errno_code);
	return REFUSE;
}

/* A bind that the front does not answer: decide it in full. */
static __always_inline int decide(struct bpf_sock_addr *ctx, __u32 policy, struct finding *f)
{
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	struct sock *sk = sock_of(ctx);

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
	if (f->decision.verdict == HP_VERDICT_DENIED)
		return refuse(ctx, cfg, f);
	note(ctx, f);
	return PASS;
}

/* Is a port that the kernel is to choose anything to us? */
static __always_inline bool ephemeral_matters(__u32 policy)
{
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);

	return cfg && cfg->denies & (1U << HP_CLASS_EPHEMERAL);
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

static __always_inline int on_bind(struct bpf_sock_addr *ctx, struct finding *f)
{
	__u32 policy = hp_active & 1;

	f->query.proto = hp_proto_of(ctx->protocol);
	/* a 16-bit load of the port would be refused: the field is 32 bits wide */
	f->query.port = bpf_ntohs((__u16) * (volatile __u32 *)&ctx->user_port);
	if (is_canary(ctx))
		return on_canary(f);
	if (f->query.port == 0) {
		if (!ephemeral_matters(policy))
			return PASS;
	} else if (front_allows(policy, &f->query)) {
		return PASS;
	}
	return decide(ctx, policy, f);
}

SEC("cgroup/bind4")
int hp_bind4(struct bpf_sock_addr *ctx)
{
	struct finding f = { .family = 4, .hook = HP_HOOK_BIND };

	if (!in_target(ctx, sock_of(ctx)))
		return PASS;
	f.addr[0] = ctx->user_ip4;
	/* AF_UNSPEC with the wildcard address is bound like AF_INET; the rest fails */
	if (ctx->user_family != AF_INET && (ctx->user_family != AF_UNSPEC || f.addr[0]))
		return PASS;
	f.query.scope = hp_scope_of4(bpf_ntohl(f.addr[0]));
	return on_bind(ctx, &f);
}

SEC("cgroup/bind6")
int hp_bind6(struct bpf_sock_addr *ctx)
{
	struct finding f = { .family = 6, .hook = HP_HOOK_BIND };

	if (!in_target(ctx, sock_of(ctx)))
		return PASS;
	if (ctx->user_family != AF_INET6)
		return PASS;
	f.addr[0] = ctx->user_ip6[0];
	f.addr[1] = ctx->user_ip6[1];
	f.addr[2] = ctx->user_ip6[2];
	f.addr[3] = ctx->user_ip6[3];
	f.query.scope = hp_scope_of6(bpf_ntohl(f.addr[0]), bpf_ntohl(f.addr[1]),
				     bpf_ntohl(f.addr[2]), bpf_ntohl(f.addr[3]));
	return on_bind(ctx, &f);
}

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
 * A port was taken on which nothing was decided when bind() was called: port 0
 * was asked for, or another program has changed the port since. What is denied
 * is refused, where the kernel gives the port back then.
 */
static __always_inline int decide_final(struct bpf_sock *ctx, __u32 policy, struct hp_config *cfg,
					struct finding *f)
{
	f->query.kernel_socket = is_kernel_socket((struct sock *)ctx);
	f->query.chosen = is_chosen((struct sock *)ctx, f->query.port);
	f->decision = hp_decide(cfg, find_row(policy, &f->query), &f->query);
	/* explicit binds of protocols that have no front come here allowed, too */
	if (f->decision.cls == HP_CLASS_NONE)
		return PASS;
	if (f->decision.verdict == HP_VERDICT_ALLOWED) {
		count(f->decision.cls, HP_VERDICT_ALLOWED);
		return PASS;
	}
	/* tried with UDP and true of TCP; UDP-Lite and DCCP keep a refused port on every kernel */
	if (f->decision.verdict == HP_VERDICT_DENIED &&
	    (!hp_guard || f->query.proto >= HP_FRONT_PROTOS))
		f->decision.verdict = HP_VERDICT_AUDITED;
	f->how = f->query.kernel_socket ? HP_HOW_KERNEL :
		 f->query.chosen	? HP_HOW_BIND0 :
					  HP_HOW_BIND;
	f->mode = cfg->mode;
	f->generation = cfg->generation;
	if (f->decision.verdict == HP_VERDICT_DENIED)
		return refuse(ctx, cfg, f);
	remember_told(ctx, f);
	report(ctx, f);
	return PASS;
}

/* The port is taken: was there a note that it would have to be told? */
static __always_inline int confirm(struct bpf_sock *ctx, __u32 policy, struct finding *f)
{
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	struct hp_note *n;

	if (!cfg || cfg->mode == HP_MODE_UNSET)
		return PASS;
	n = bpf_sk_storage_get(&hp_notes, ctx, 0, 0);
	if (!n || n->verdict == HP_VERDICT_NONE || (n->port && n->port != f->query.port))
		return decide_final(ctx, policy, cfg, f);
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
	report(ctx, f);
	return PASS;
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
	__u32 policy = hp_active & 1;

	f->query.proto = hp_proto_of(ctx->protocol);
	f->query.port = ctx->src_port; /* host byte order already */
	if (is_canary(ctx))
		return on_canary_bound();
	if (front_allows(policy, &f->query))
		return PASS;
	/* a program further down the hierarchy has refused: the port is given back */
	if (hp_has_retval && bpf_get_retval() < 0)
		return PASS;
	return confirm(ctx, policy, f);
}

SEC("cgroup/post_bind4")
int hp_post_bind4(struct bpf_sock *ctx)
{
	struct finding f = { .family = 4, .hook = HP_HOOK_POST_BIND };

	if (!in_target(ctx, (struct sock *)ctx))
		return PASS;
	f.addr[0] = ctx->src_ip4;
	f.query.scope = hp_scope_of4(bpf_ntohl(f.addr[0]));
	return on_post_bind(ctx, &f);
}

SEC("cgroup/post_bind6")
int hp_post_bind6(struct bpf_sock *ctx)
{
	struct finding f = { .family = 6, .hook = HP_HOOK_POST_BIND };

	if (!in_target(ctx, (struct sock *)ctx))
		return PASS;
	f.addr[0] = ctx->src_ip6[0];
	f.addr[1] = ctx->src_ip6[1];
	f.addr[2] = ctx->src_ip6[2];
	f.addr[3] = ctx->src_ip6[3];
	f.query.scope = hp_scope_of6(bpf_ntohl(f.addr[0]), bpf_ntohl(f.addr[1]),
				     bpf_ntohl(f.addr[2]), bpf_ntohl(f.addr[3]));
	return on_post_bind(ctx, &f);
}

#include "listen.bpf.h"
#include "sctp.bpf.h"

char _license[] SEC("license") = "GPL";
