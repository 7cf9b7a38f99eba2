/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ports that the kernel chose. Who binds the same number once more, on the other family or at
 * another address, has not chosen it: gRPC, Tornado and others do so for "localhost:0".
 *
 * A choice counts for the workload and the protocol for which it was made, and as long as that
 * socket has the port. A later choice may take its place (HP_CHOICES): then the bind() is judged
 * as any other.
 */
#pragma once

#include "port_choice.bpf.h"
#include "report.bpf.h"

static __always_inline struct hp_choice *choice_of(const struct hp_query *q)
{
	__u32 i = q->port & (HP_CHOICES - 1);

	return bpf_map_lookup_elem(&hp_choices, &i);
}

/* Whose choice it is, and of what: see struct hp_choice. */
static __always_inline __u64 choice_owner(const struct hp_query *q)
{
	__u64 what = (__u64)q->proto << 16 | q->port;

	return workload_id(current_task()) * 0x9e3779b97f4a7c15ULL ^ what;
}

/*
 * Does a socket still have the port that the kernel chose for it, in the namespace of sk? One that
 * is closed has no number any more; its memory may be another socket's by now.
 */
static __always_inline bool has_choice(struct sock *socket, struct sock *sk,
				       const struct hp_query *q)
{
	return BPF_CORE_READ(socket, __sk_common.skc_num) == q->port &&
	       BPF_CORE_READ(socket, __sk_common.skc_net.net) == net_of(sk) &&
	       hp_proto_of(BPF_CORE_READ(socket, sk_protocol)) == q->proto &&
	       !bind_named_port(socket);
}

/* The kernel has chosen a port, or a bind() has named it once more. */
static __always_inline void remember_choice(struct sock *sk, const struct hp_query *q)
{
	struct hp_choice *choice = choice_of(q);
	__u64 owner = choice_owner(q);

	if (!choice || (choice->owner == owner && has_choice((void *)choice->socket, sk, q)))
		return;
	choice->socket = (__u64)sk;
	choice->owner = owner;
}

/*
 * Has the kernel chosen the port that a bind() names, for this workload? Asked of ports only that
 * it may have chosen: see is_chosen().
 */
static __always_inline bool is_chosen_before(struct sock *sk, const struct hp_query *q)
{
	struct hp_choice *choice;

	if (!q->port)
		return false;
	choice = choice_of(q);
	return choice && choice->owner == choice_owner(q) &&
	       has_choice((void *)choice->socket, sk, q);
}
