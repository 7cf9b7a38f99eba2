// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCTP, which the cgroup programs don't see. It is denied at bind() and sctp_bindx();
 * what is only audited is reported at listen(), when the socket has its port. LSM
 * programs run for all sockets of the machine: other sockets pay for the first
 * comparison only. Attached only where the kernel has SCTP.
 *
 * An SCTP socket that gets its first address from sctp_bindx(), or that listens
 * without a bind, has its port by listen() at the latest. Part of hostport.bpf.c.
 */
#include "report.bpf.h"

#define SCTP_SOCKOPT_BINDX_ADD 100
#define ADDR4_MIN	       8  /* what has a meaning of struct sockaddr_in */
#define ADDR4_LEN	       16 /* all of it */
#define ADDR6_LEN	       28 /* struct sockaddr_in6 */
#define SOCK_RAW	       3

/* What struct sockaddr_in and sockaddr_in6 have in the same place, and the rest. */
struct any_addr {
	__u16 family;
	__u16 port; /* network byte order */
	__u32 v4;   /* sockaddr_in's; sockaddr_in6 has the flow label here */
	__u32 v6[4];
};

/* A raw socket may have this protocol as well, but it has no port. */
static __always_inline bool is_ours(struct sock *sk)
{
	return kernel_read(sk, sk_protocol) == HP_IPPROTO_SCTP &&
	       kernel_read(sk, sk_type) != SOCK_RAW && is_in_netns(sk);
}

/*
 * Ask for the port and address in a sockaddr; len bytes are the caller's. Its length, or 0: it is
 * longer than that, so the kernel will refuse it, or it could not be read.
 */
static __always_inline __u32 request_sockaddr(void *sockaddr, __u32 len, struct request *request)
{
	struct any_addr addr = {};

	if (len < ADDR4_LEN || bpf_probe_read_kernel(&addr, ADDR4_MIN, sockaddr))
		return 0;
	request->query.port = bpf_ntohs(addr.port);
	if (addr.family == AF_INET) {
		request->family = 4;
		request->addr[0] = addr.v4;
		request->query.scope = scope_of(request);
		return ADDR4_LEN;
	}
	if (addr.family != AF_INET6 || len < ADDR6_LEN ||
	    bpf_probe_read_kernel(addr.v6, 16, sockaddr + ADDR4_MIN))
		return 0;
	request->family = 6;
	__builtin_memcpy(request->addr, addr.v6, sizeof(request->addr));
	request->query.scope = scope_of(request);
	return ADDR6_LEN;
}

/*
 * The errno of a bind() or sctp_bindx() that is about to be made: 0 unless it is
 * denied. Of a list of addresses only the first is read, so several don't
 * count as loopback: a row for localhost does not allow them.
 */
static __always_inline int sctp_bind(void *socket, void *sockaddr, __u32 len, bool is_list)
{
	struct request request = { .query.proto = HP_PROTO_SCTP };
	__u32 policy = hp_active & HP_ACTIVE_POLICY;
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	__u32 first = request_sockaddr(sockaddr, len, &request);
	struct ruling ruling;

	if (!cfg || !first)
		return 0;
	if (is_list && len > first)
		request.query.scope = HP_SCOPE_EXTERNAL;
	leave_fast_path(&request);
	decide(as_sock(socket), policy, cfg, how_bound(&request.query), &request, &ruling);
	if (ruling.decision.verdict != HP_VERDICT_DENIED)
		return 0;
	report(socket, HP_HOOK_LSM, &request, &ruling);
	return denied_errno(cfg);
}

/* The errno of a listen(). A socket that got its port before the agent started is denied here. */
static __always_inline int sctp_listen(void *socket)
{
	struct request request = { .query.proto = HP_PROTO_SCTP };
	__u32 policy = hp_active & HP_ACTIVE_POLICY;
	struct hp_config *cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	struct hp_query *q = &request.query;
	struct sock *sk = as_sock(socket);
	struct ruling ruling;

	if (!cfg || BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
		return 0;
	request_bound(sk, &request);
	if (!q->port)
		return 0;
	leave_fast_path(&request);
	q->chosen = opaque(is_chosen(sk, q->port));
	decide(sk, policy, cfg, how_bound(q), &request, &ruling);
	if (!is_violation(&ruling))
		return 0;
	report(socket, HP_HOOK_LSM, &request, &ruling);
	return ruling.decision.verdict == HP_VERDICT_DENIED ? denied_errno(cfg) : 0;
}

/* An LSM program's last argument is what the programs before it have said. */
SEC("?lsm/socket_bind")
int hp_sctp_bind(__u64 *ctx)
{
	struct socket *sock = (void *)ctx[0];
	struct sock *sk = sock->sk;
	int said = (int)ctx[3];

	if (!hp_lsm_ran)
		hp_lsm_ran = true;
	if (said || !sk || !is_ours(as_sock(sk)))
		return said;
	return sctp_bind(sk, (void *)ctx[1], (__u32)ctx[2], false);
}

SEC("?lsm/socket_listen")
int hp_sctp_listen(__u64 *ctx)
{
	struct socket *sock = (void *)ctx[0];
	struct sock *sk = sock->sk;
	int said = (int)ctx[2];

	if (said || !sk || !is_ours(as_sock(sk)))
		return said;
	return sctp_listen(sk);
}

SEC("?lsm/sctp_bind_connect")
int hp_sctp_bindx(__u64 *ctx)
{
	struct sock *sk = (void *)ctx[0];
	int said = (int)ctx[4];

	if (said || (int)ctx[1] != SCTP_SOCKOPT_BINDX_ADD || !is_ours(as_sock(sk)))
		return said;
	return sctp_bind(sk, (void *)ctx[2], (__u32)ctx[3], true);
}
