/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SCTP, which passes by the cgroup hooks: denied at bind() and sctp_bindx(), and
 * what is only audited is told at listen(), when the socket has its port. LSM
 * programs run for all sockets of the machine: the first comparison is all that
 * others pay. Attached only where the kernel has SCTP.
 *
 * An SCTP socket that sctp_bindx() gives its first address, or that listens
 * without a bind, has its port by listen() at the latest.
 */
#pragma once

#include <asm-generic/errno.h>

#include "policy.bpf.h"

#define IPPROTO_SCTP	       132
#define SCTP_SOCKOPT_BINDX_ADD 100
#define ADDR4_MIN	       8  /* of struct sockaddr_in: what has a meaning */
#define ADDR4_LEN	       16 /* of the whole one */
#define ADDR6_LEN	       28 /* of struct sockaddr_in6 */

/* What struct sockaddr_in and sockaddr_in6 have in the same place, and the rest. */
struct any_addr {
	__u16 family;
	__u16 port; /* network byte order */
	__u32 v4;   /* sockaddr_in's; sockaddr_in6 has the flow label here */
	__u32 v6[4];
};

/* As constants: verifiers since 6.12 want to know that it is none but an errno. */
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

static __always_inline bool is_ours(struct sock *sk)
{
	return BPF_CORE_READ(sk, sk_protocol) == IPPROTO_SCTP &&
	       BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum) == hp_netns_inum;
}

static __always_inline bool decide_sctp(struct sock *sk, struct hp_config *cfg, __u32 policy,
					struct finding *f)
{
	f->query.kernel_socket = is_kernel_socket(sk);
	f->decision = hp_decide(cfg, find_row(policy, &f->query), &f->query);
	f->how = f->query.kernel_socket ? HP_HOW_KERNEL :
		 f->query.chosen	? HP_HOW_BIND0 :
					  HP_HOW_BIND;
	f->mode = cfg->mode;
	f->generation = cfg->generation;
	f->cookie = bpf_get_socket_cookie(sk);
	return f->decision.cls != HP_CLASS_NONE && f->decision.verdict != HP_VERDICT_ALLOWED;
}

/* Read the address at `at` into the finding; its length, or 0: none that could be read. */
static __always_inline __u32 read_address(void *at, struct finding *f)
{
	struct any_addr addr = {};

	if (bpf_probe_read_kernel(&addr, ADDR4_MIN, at))
		return 0;
	f->query.port = bpf_ntohs(addr.port);
	if (addr.family == AF_INET) {
		f->family = 4;
		f->addr[0] = addr.v4;
		f->query.scope = scope_of(f);
		return ADDR4_LEN;
	}
	if (addr.family != AF_INET6 || bpf_probe_read_kernel(addr.v6, 16, at + ADDR4_MIN))
		return 0;
	f->family = 6;
	__builtin_memcpy(f->addr, addr.v6, sizeof(f->addr));
	f->query.scope = scope_of(f);
	return ADDR6_LEN;
}

/*
 * The errno of a bind() or sctp_bindx(), before it is made: 0 unless it is denied.
 * Of more than one address, none is believed to be loopback: a row for localhost
 * only does not hold then.
 */
static __always_inline int sctp_bind(struct sock *sk, void *address, __u32 len)
{
	struct finding f = { .hook = HP_HOOK_LSM, .query.proto = HP_PROTO_SCTP };
	__u32 policy = hp_active & HP_ACTIVE_POLICY;
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	__u32 first = read_address(address, &f);

	if (!cfg || !first)
		return 0;
	if (len > first)
		f.query.scope = HP_SCOPE_EXTERNAL;
	if (!decide_sctp(sk, cfg, policy, &f) || f.decision.verdict != HP_VERDICT_DENIED)
		return 0;
	report(0, &f);
	return denied_errno(cfg);
}

/* The errno of a listen(): a socket that has its port from before the agent is denied here. */
static __always_inline int sctp_listen(struct sock *sk)
{
	struct finding f = { .hook = HP_HOOK_LSM, .query.proto = HP_PROTO_SCTP };
	__u32 policy = hp_active & HP_ACTIVE_POLICY;
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);

	f.query.port = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (!cfg || !f.query.port || BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
		return 0;
	address_of(sk, &f);
	f.query.chosen = is_chosen(sk, f.query.port);
	if (!decide_sctp(sk, cfg, policy, &f))
		return 0;
	report(0, &f);
	return f.decision.verdict == HP_VERDICT_DENIED ? denied_errno(cfg) : 0;
}

/* An LSM program's last argument is what the ones before it have said. */
SEC("?lsm/socket_bind")
int hp_sctp_bind(__u64 *ctx)
{
	struct socket *sock = (void *)ctx[0];
	struct sock *sk = sock->sk;
	int said = (int)ctx[3];

	if (!hp_lsm_ran)
		hp_lsm_ran = true;
	if (said || !sk || !is_ours(sk))
		return said;
	return sctp_bind(sk, (void *)ctx[1], 0);
}

SEC("?lsm/socket_listen")
int hp_sctp_listen(__u64 *ctx)
{
	struct socket *sock = (void *)ctx[0];
	struct sock *sk = sock->sk;
	int said = (int)ctx[2];

	if (said || !sk || !is_ours(sk))
		return said;
	return sctp_listen(sk);
}

SEC("?lsm/sctp_bind_connect")
int hp_sctp_bindx(__u64 *ctx)
{
	struct sock *sk = (void *)ctx[0];
	int said = (int)ctx[4];

	if (said || (int)ctx[1] != SCTP_SOCKOPT_BINDX_ADD || !is_ours(sk))
		return said;
	return sctp_bind(sk, (void *)ctx[2], (__u32)ctx[3]);
}
