/* SPDX-License-Identifier: GPL-2.0-only */
/* What every program asks: whose socket it is, and what the policy says of it. */
#pragma once

#include "report.bpf.h"

#define AF_UNSPEC  0
#define AF_INET	   2
#define AF_INET6   10

#define TCP_LISTEN 10 /* of SCTP sockets, too */

#define REFUSE	   0
#define PASS	   1

static __always_inline bool is_canary(void *ctx)
{
	return unlikely(hp_canary.cookie) && bpf_get_socket_cookie(ctx) == hp_canary.cookie;
}

/* The bitmap's word of a port; NULL: no bitmap answers for the protocol. */
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

/* Decide in full, for a socket and what is asked of it. */
static __always_inline void judge(const void *sk, __u32 policy, const struct hp_config *cfg,
				  struct finding *f)
{
	struct hp_query *q = &f->query;

	q->kernel_socket = is_kernel_socket(sk);
	f->how = q->kernel_socket      ? HP_HOW_KERNEL :
		 q->port && !q->chosen ? HP_HOW_BIND :
					 HP_HOW_BIND0;
	f->mode = cfg->mode;
	f->generation = cfg->generation;
	f->decision = hp_decide(cfg, find_row(policy, q), q);
	f->decision.cls = hidden(f->decision.cls);
}

/* Of the address, by its family: inlined where that is known, one of the two is left. */
static __always_inline __u8 scope_of(const struct finding *f)
{
	return f->family == 4 ? hp_scope_of4(bpf_ntohl(f->addr[0])) :
				hp_scope_of6(bpf_ntohl(f->addr[0]), bpf_ntohl(f->addr[1]),
					     bpf_ntohl(f->addr[2]), bpf_ntohl(f->addr[3]));
}

/* The quick path is left: go on with what is asked, and see hidden(). */
static __always_inline void hide(const struct hp_query *q, struct finding *f)
{
	f->query.proto = hidden(q->proto);
	f->query.scope = hidden(q->scope);
	f->query.port = q->port;
}

/* The address that a socket is bound to, and its scope, from the socket itself. */
static __always_inline void address_of(struct sock *sk, struct finding *f)
{
	struct in6_addr *v6 = (void *)sk + bpf_core_field_offset(struct sock, __sk_common) +
			      bpf_core_field_offset(struct sock_common, skc_v6_rcv_saddr);

	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET) {
		f->family = 4;
		f->addr[0] = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		f->query.scope = scope_of(f);
		return;
	}
	f->family = 6;
	bpf_probe_read_kernel(f->addr, sizeof(f->addr), v6);
	f->query.scope = scope_of(f);
}

static __always_inline int refuse(const struct hp_config *cfg)
{
	/* EPERM is what a refusal is by itself, and without the helper always */
	if (hp_has_retval && cfg->errno_code != EPERM)
		bpf_set_retval(-(int)cfg->errno_code);
	return REFUSE;
}
