// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP sockets that listen on a port of the kernel's choice: after listen() without a
 * bind(), or after a bind() that left the port open (IP_BIND_ADDRESS_NO_PORT). No
 * bind program sees these. They are reported, never denied: the socket listens
 * already.
 *
 *   fexit/inet_csk_listen_start  runs at listen() only, where it loads
 *   sockops                      also runs several times a TCP connection
 *
 * At most one of them is loaded. Both see the real port, and only a listen() that
 * succeeded. Part of hostport.bpf.c.
 */
#include "port_choice.bpf.h"
#include "report.bpf.h"

/* Was a bind() to port 0 reported already? */
static __always_inline bool is_reported(const struct hp_note *n, const struct request *request)
{
	return n && n->told && n->port == request->query.port;
}

/* Is there anything to report of a socket that listens? */
static __always_inline bool decide_listen(struct sock *sk, struct request *request,
					  struct ruling *ruling)
{
	__u32 policy = hp_active & HP_ACTIVE_POLICY;
	struct hp_query *q = &request->query;
	struct hp_config *cfg;

	if (bind_named_port(sk)) /* then bind has decided */
		return false;
	q->proto = HP_PROTO_TCP;
	request_bound(sk, request);
	if (bitmap_allows(policy, q))
		return false;
	leave_fast_path(request);
	cfg = bpf_map_lookup_elem(&hp_configs, &policy);
	if (!cfg)
		return false;
	q->chosen = opaque(is_chosen(sk, q->port));
	decide(sk, policy, cfg, HP_HOW_LISTEN, request, ruling);
	audit_only(ruling);
	return is_violation(ruling);
}

SEC("?sockops")
int hp_listen_sockops(struct bpf_sock_ops *ctx)
{
	struct request request = {};
	struct ruling ruling;
	struct bpf_sock *bound;
	struct sock *sk;

	if (ctx->op != BPF_SOCK_OPS_TCP_LISTEN_CB)
		return 1;
	sk = as_sock(sock_of(ctx));
	if (!is_in_target(ctx, sk) || !decide_listen(sk, &request, &ruling))
		return 1;
	bound = ctx->sk;
	if (!bound || !is_reported(bpf_sk_storage_get(&hp_notes, bound, 0, 0), &request))
		report(ctx, HP_HOOK_SOCKOPS, &request, &ruling);
	return 1;
}

/* A listen() that failed leaves another state. Only the first argument is the same everywhere. */
SEC("?fexit/inet_csk_listen_start")
int hp_listen_fexit(__u64 *ctx)
{
	struct request request = {};
	struct ruling ruling;
	void *socket = (void *)ctx[0];
	struct sock *sk = as_sock(socket);

	if (!is_in_netns(sk) || BPF_CORE_READ(sk, __sk_common.skc_state) != TCP_LISTEN ||
	    !decide_listen(sk, &request, &ruling))
		return 0;
	if (!is_reported(bpf_sk_storage_get(&hp_notes, socket, 0, 0), &request))
		report(socket, HP_HOOK_FEXIT, &request, &ruling);
	return 0;
}
