/* SPDX-License-Identifier: GPL-2.0-only */
/* What every program asks: which port, at which address, and what the policy says of it. */
#pragma once

#include <asm-generic/errno.h>

#include "owner.bpf.h"

/* What a cgroup program returns. */
#define REFUSE 0
#define PASS   1

/* What is asked for. */
struct request {
	struct hp_query query;
	__u32 addr[4]; /* network byte order; IPv4 in the first one */
	__u8 family;   /* 4 or 6 */
};

/* What the policy in force says of it. */
struct ruling {
	struct hp_decision decision;
	__u32 mode;
	__u32 generation;
	__u8 how; /* enum hp_how */
};

/* The bitmap's word of a port; NULL: the bitmap does not answer for the protocol. */
static __always_inline const struct hp_bitmap_word *bitmap_word(__u32 policy,
								const struct hp_query *q)
{
	__u32 proto = q->proto, word = q->port >> 6;

	if (proto >= HP_BITMAP_PROTOS)
		return 0;
	/* the compiler knows these bounds, and verifiers before 6.13 lose them */
	barrier_var(policy);
	barrier_var(proto);
	barrier_var(word);
	return &hp_bitmaps[policy & (HP_POLICIES - 1)]
			.words[proto & (HP_BITMAP_PROTOS - 1)][word & (HP_BITMAP_U64 - 1)];
}

static __always_inline bool bitmap_allows(__u32 policy, const struct hp_query *q)
{
	const struct hp_bitmap_word *word = bitmap_word(policy, q);

	return word &&
	       hp_by_scope(word->allowed, q->scope == HP_SCOPE_LOCALHOST) >> (q->port & 63) & 1;
}

/* May there be a row that names the port? */
static __always_inline bool is_named(__u32 policy, const struct hp_query *q)
{
	const struct hp_bitmap_word *word = bitmap_word(policy, q);

	return !word || word->named >> (q->port & 63) & 1;
}

static __always_inline struct hp_row *find_row(__u32 policy, const struct hp_query *q)
{
	struct hp_row_key key = { .proto = q->proto, .port = q->port };
	void *rows;

	if (!is_named(policy, q))
		return 0;
	rows = bpf_map_lookup_elem(&hp_rows, &policy);
	return rows ? bpf_map_lookup_elem(rows, &key) : 0;
}

/* The scope of the address. Inlined where the family is known, one of the two ways is left. */
static __always_inline __u8 scope_of(const struct request *request)
{
	const __u32 *addr = request->addr;

	return request->family == 4 ? hp_scope_of4(bpf_ntohl(addr[0])) :
				      hp_scope_of6(bpf_ntohl(addr[0]), bpf_ntohl(addr[1]),
						   bpf_ntohl(addr[2]), bpf_ntohl(addr[3]));
}

/* Ask for the port and address that a socket is bound to. */
static __always_inline void request_bound(struct sock *sk, struct request *request)
{
	struct in6_addr *v6 = (void *)sk + bpf_core_field_offset(struct sock, __sk_common) +
			      bpf_core_field_offset(struct sock_common, skc_v6_rcv_saddr);

	request->query.port = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET) {
		request->family = 4;
		request->addr[0] = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		request->query.scope = scope_of(request);
		return;
	}
	request->family = 6;
	bpf_probe_read_kernel(request->addr, sizeof(request->addr), v6);
	request->query.scope = scope_of(request);
}

/*
 * The slow path begins. On the ways that lead here, protocol, scope and parts of the address are
 * constants to the verifier: see opaque().
 */
static __always_inline void leave_fast_path(struct request *request)
{
	request->query.proto = opaque(request->query.proto);
	request->query.scope = opaque(request->query.scope);
	request->addr[0] = opaque(request->addr[0]);
	if (request->family != 4) {
#pragma unroll
		for (int i = 1; i < 4; i++)
			request->addr[i] = opaque(request->addr[i]);
	}
	request->family = opaque(request->family);
}

/* How a bound socket came to its port. */
static __always_inline enum hp_how how_bound(const struct hp_query *q)
{
	return q->port && !q->chosen ? HP_HOW_BIND : HP_HOW_BIND0;
}

/* What is to be said of the task's pod, which has to declare the port: HP_GRANTS_*. */
static __always_inline __u16 undeclared(const struct hp_query *q, const struct request *request)
{
	const __u32 *addr = request->addr;
	bool is_v4 = request->family == 4;
	__u64 high = is_v4 ? 0 : addr[0] | (__u64)addr[1] << 32;
	__u64 low = is_v4 ? HP_V4_WORD | (__u64)addr[0] << 32 : addr[2] | (__u64)addr[3] << 32;

	return hp_undeclared(high, low,
			     (__u32)q->port << 16 | (__u32)q->scope << 8 | (__u32)q->proto);
}

/*
 * What the policy says of the query. A function of its own: the compiler would mix it with what is
 * around it, and the verifier go on once for each way.
 */
static __noinline void rule(__u32 policy, const struct hp_config *cfg, struct hp_query *q,
			    const struct request *request, struct ruling *ruling)
{
	const struct hp_row *row = find_row(policy, q);
	__u8 cls;

	q->grants = row && row->owners ? hp_granted(row->owners) : 0;
	cls = hp_classify(row, q);
	if (cls == HP_CLASS_OWNER)
		q->grants |= hp_granted_to_unknown();
	if (cls == HP_CLASS_NONE && hp_active & HP_ACTIVE_PODS && hp_is_to_declare(q))
		q->grants |= undeclared(q, request);
	if (hp_is_unknown_pod(q))
		hp_saw_unknown = true;
	ruling->mode = cfg->mode;
	ruling->generation = cfg->generation;
	ruling->decision = hp_decide(cfg, row, q);
	ruling->decision.row = opaque(ruling->decision.row);
	ruling->decision.cls = opaque(ruling->decision.cls);
	ruling->decision.verdict = opaque(ruling->decision.verdict);
}

/* Decide in full what is asked for a socket. `how` is that of a user's socket. */
static __always_inline void decide(struct sock *sk, __u32 policy, const struct hp_config *cfg,
				   enum hp_how how, const struct request *request,
				   struct ruling *ruling)
{
	struct hp_query query = request->query; /* a copy: what asks stays in registers */

	query.kernel_socket = opaque(is_kernel_socket(sk));
	query.chosen = opaque(query.chosen);
	ruling->how = opaque(query.kernel_socket ? HP_HOW_KERNEL : how);
	rule(policy, cfg, &query, request, ruling);
}

static __always_inline bool is_violation(const struct ruling *ruling)
{
	return ruling->decision.cls != HP_CLASS_NONE &&
	       ruling->decision.verdict != HP_VERDICT_ALLOWED;
}

/* Where a denial has no effect, the violation is audited only. */
static __always_inline void audit_only(struct ruling *ruling)
{
	if (ruling->decision.verdict == HP_VERDICT_DENIED)
		ruling->decision.verdict = HP_VERDICT_AUDITED;
}

/* What a denial returns: a constant, because verifiers since 6.12 let an LSM program return only
 * what they know to be an errno. */
static __always_inline int denied_errno(const struct hp_config *cfg)
{
	switch (cfg->errno_code) {
	case EACCES:
		return -EACCES;
	case EADDRINUSE:
		return -EADDRINUSE;
	}
	return -EPERM;
}

/* Refuse in a cgroup program. Without bpf_set_retval() the errno is always EPERM. */
static __always_inline int refuse(const struct hp_config *cfg)
{
	if (hp_has_retval && cfg->errno_code != EPERM)
		bpf_set_retval(denied_errno(cfg));
	return REFUSE;
}
