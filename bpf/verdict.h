/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The one decision: the BPF programs, the policy compiler, `explain`, the sweep
 * and the tests all call hp_decide(). It reads nothing but its arguments.
 */
#pragma once

#include "abi.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* What is asked for. */
struct hp_query {
	__u8 proto; /* enum hp_proto */
	__u8 scope; /* enum hp_scope */
	__u16 port; /* host byte order; 0: the kernel is to choose */
	__u8 kernel_socket;
	__u8 chosen;  /* the kernel may have chosen the port: see hp_may_be_chosen() */
	__u16 grants; /* what rows for their owners alone grant whoever asks: HP_GRANTS_* */
};

struct hp_decision {
	__u32 row;    /* the deciding row, or HP_NO_ROW */
	__u8 cls;     /* enum hp_class */
	__u8 verdict; /* enum hp_verdict */
};

/* The protocols of sockets, as IPPROTO_* numbers them. */
#define HP_IPPROTO_TCP	   6
#define HP_IPPROTO_UDP	   17
#define HP_IPPROTO_DCCP	   33
#define HP_IPPROTO_SCTP	   132
#define HP_IPPROTO_UDPLITE 136
#define HP_IPPROTO_MPTCP   262

/* The registry's protocol of a socket's. */
static __always_inline __u8 hp_proto_of(__u32 ipproto)
{
	switch (ipproto) {
	case HP_IPPROTO_TCP:
	case HP_IPPROTO_MPTCP: /* its ports are TCP's */
		return HP_PROTO_TCP;
	case HP_IPPROTO_UDP:
		return HP_PROTO_UDP;
	case HP_IPPROTO_UDPLITE:
		return HP_PROTO_UDPLITE;
	case HP_IPPROTO_SCTP:
		return HP_PROTO_SCTP;
	case HP_IPPROTO_DCCP:
		return HP_PROTO_DCCP;
	}
	return HP_PROTO_OTHER;
}

/* The scope of an IPv4 address in host byte order. */
static __always_inline __u8 hp_scope_of4(__u32 addr)
{
	return addr >> 24 == 127 ? HP_SCOPE_LOCALHOST : HP_SCOPE_EXTERNAL;
}

/* The scope of an IPv6 address: its four words in host byte order. */
static __always_inline __u8 hp_scope_of6(__u32 a0, __u32 a1, __u32 a2, __u32 a3)
{
	if (a0 || a1)
		return HP_SCOPE_EXTERNAL;
	if (a2 == 0 && a3 == 1)
		return HP_SCOPE_LOCALHOST;
	if (a2 == 0xffff)
		return hp_scope_of4(a3);
	return HP_SCOPE_EXTERNAL;
}

/* The third word of an IPv4 address as IPv6 has it, ::ffff:a.b.c.d, in network byte order. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HP_V4_WORD 0xffff0000U
#else
#define HP_V4_WORD 0x0000ffffU
#endif

/*
 * Set the address of a declared port, or of one that is asked for: loopback is one address, and so
 * are the wildcards of both families. The words are in network byte order, an IPv4 address as IPv6
 * has it.
 */
static __always_inline void hp_declare_at(struct hp_declared_key *key, __u8 scope,
					  const __u32 addr[4])
{
	__u8 is_any4 = !addr[0] && !addr[1] && addr[2] == HP_V4_WORD && !addr[3];
	__u32 keep = scope == HP_SCOPE_LOCALHOST || is_any4 ? 0 : ~0U;

	key->scope = scope;
	for (int i = 0; i < 4; i++)
		key->addr[i] = addr[i] & keep;
}

/*
 * The one of two values that is for a scope. Both are read and one is chosen:
 * with an index that depends on the scope, some compilers do pointer arithmetic
 * that the verifier refuses.
 */
#define hp_by_scope(pair, is_localhost)                                                            \
	({                                                                                         \
		__typeof__((pair)[0]) _external = (pair)[HP_SCOPE_EXTERNAL];                       \
		__typeof__((pair)[0]) _localhost = (pair)[HP_SCOPE_LOCALHOST];                     \
		(is_localhost) ? _localhost : _external;                                           \
	})

/* A range of ports in one number, as the kernel has it: the lowest in the lower half. */
#define HP_RANGE(first, last) ((__u32)(first) | (__u32)(last) << 16)

/*
 * Does a socket's own range (IP_LOCAL_PORT_RANGE) leave out ports of its namespace's? The
 * kernel goes by an end of it that lies within the namespace's range; 0 is an end that was
 * not set. Both as HP_RANGE().
 */
static __always_inline __u8 hp_is_narrower(__u32 own, __u32 range)
{
	__u16 first = range & 0xffff, last = range >> 16;
	__u16 own_first = own & 0xffff, own_last = own >> 16;

	return (own_first > first && own_first <= last) || (own_last >= first && own_last < last);
}

/*
 * Could the kernel have chosen the port, from this range (both ends included)? If the
 * socket's own range is narrower, its caller has chosen.
 */
static __always_inline __u8 hp_may_be_chosen(__u16 port, __u16 first, __u16 last)
{
	return port >= first && port <= last;
}

/* Is whoever asks an owner of an entry of the port? A socket of the kernel's own has no owner. */
static __always_inline __u8 hp_is_owner(const struct hp_query *q)
{
	__u16 grant = q->scope == HP_SCOPE_LOCALHOST ? HP_GRANTS_LOCALHOST : HP_GRANTS_EXTERNAL;

	return q->kernel_socket || (q->grants & grant);
}

/* Is whoever asks in a pod, and is it not known in which one? */
static __always_inline __u8 hp_is_unknown_pod(const struct hp_query *q)
{
	return (q->grants & (HP_GRANTS_POD | HP_GRANTS_KNOWN)) == HP_GRANTS_POD;
}

/*
 * Must the pod of whoever asks declare a port that the rows allow? Not for a socket of the kernel's
 * own, nor a port of the kernel's choice.
 */
static __always_inline __u8 hp_is_to_declare(const struct hp_query *q)
{
	return !q->kernel_socket && !q->chosen;
}

/*
 * The class of a query. `row` is what the registry says of its port, or NULL. A
 * port that the kernel chose is a violation only if a row names it; then the
 * row holds as for a port that bind() named. Whoever owns none of the clients and
 * exceptions that have owners is judged as if they were not there.
 */
static __always_inline __u8 hp_classify(const struct hp_row *row, const struct hp_query *q)
{
	__u8 cls = HP_CLASS_UNREGISTERED;

	if (q->port == 0)
		return HP_CLASS_EPHEMERAL;
	if (q->grants & HP_GRANTS_CLIENT)
		return HP_CLASS_NONE;
	if (row)
		cls = hp_by_scope(row->cls, q->scope == HP_SCOPE_LOCALHOST);
	if (cls == HP_CLASS_OWNER && hp_is_owner(q))
		cls = HP_CLASS_NONE;
	if (cls == HP_CLASS_NONE && q->grants & HP_GRANTS_UNDECLARED && hp_is_to_declare(q))
		return HP_CLASS_UNDECLARED;
	return cls == HP_CLASS_UNREGISTERED && q->chosen ? HP_CLASS_EPHEMERAL : cls;
}

/* The verdict on a class that is not HP_CLASS_NONE. */
static __always_inline __u8 hp_judge(const struct hp_config *cfg, const struct hp_row *row,
				     const struct hp_query *q, __u8 cls)
{
	if (cfg->mode == HP_MODE_UNSET)
		return HP_VERDICT_ALLOWED;
	/* ports of the kernel's choice are counted only, unless their class is opted
	 * in */
	if (cls == HP_CLASS_EPHEMERAL && !(cfg->denies & (1U << HP_CLASS_EPHEMERAL)))
		return HP_VERDICT_ALLOWED;
	/* who asks may be an owner, or have declared the port: nothing is said of it */
	if ((cls == HP_CLASS_OWNER || cls == HP_CLASS_UNDECLARED) && hp_is_unknown_pod(q) &&
	    !(cfg->deny_unknown && cfg->mode == HP_MODE_ENFORCE && cfg->denies & (1U << cls)))
		return HP_VERDICT_ALLOWED;
	if (((row ? row->excepted : 0) | q->grants) & (1U << cls))
		return HP_VERDICT_EXCEPTED;
	/* the node can't do without it, whatever its pod forgot to declare */
	if (cls == HP_CLASS_UNDECLARED && row && row->essential && !cfg->deny_essential)
		return HP_VERDICT_AUDITED;
	if (cfg->mode != HP_MODE_ENFORCE || !(cfg->denies & (1U << cls)))
		return HP_VERDICT_AUDITED;
	if (q->kernel_socket && !cfg->deny_kernel)
		return HP_VERDICT_AUDITED;
	return HP_VERDICT_DENIED;
}

/*
 * Decide one bind. `row` is the published row of the query's protocol and port,
 * or NULL; it is the decision's also where a grant of a client decides. For port 0
 * it is not read, and nothing is granted.
 */
static __always_inline struct hp_decision
hp_decide(const struct hp_config *cfg, const struct hp_row *row, const struct hp_query *q)
{
	struct hp_decision d = {
		.row = HP_NO_ROW,
		.cls = hp_classify(row, q),
		.verdict = HP_VERDICT_ALLOWED,
	};

	if (row && q->port)
		d.row = hp_by_scope(row->row, q->scope == HP_SCOPE_LOCALHOST);
	if (d.cls != HP_CLASS_NONE)
		d.verdict = hp_judge(cfg, q->port ? row : 0, q, d.cls);
	return d;
}
