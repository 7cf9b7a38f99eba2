// SPDX-License-Identifier: MIT
/* The two programs that see listen(): what both report, and what each looks at first. */
#include "bpf_on_host.h"

#define DENIES ((1U << HP_CLASS_UNREGISTERED) | (1U << HP_CLASS_RETIRED) | (1U << HP_CLASS_SCOPE))

static struct sock sk;
static struct bpf_sock bound;

static void begin(enum hp_mode mode)
{
	host_begin(mode, DENIES);
	sk = (struct sock) {
		.__sk_common = {
			.skc_net = { &host_net },
			.skc_net_refcnt = 1,
			.skc_state = TCP_LISTEN,
			.skc_family = AF_INET,
			.skc_num = 40001,
		},
		.sk_protocol = HP_IPPROTO_TCP,
	};
	host_row(HP_PROTO_TCP, 40001,
		 (struct hp_row) { .row = { 1, 1 },
				   .cls = { HP_CLASS_RETIRED, HP_CLASS_RETIRED } });
	host_row(HP_PROTO_TCP, 40002,
		 (struct hp_row) { .row = { 2, 3 }, .cls = { HP_CLASS_SCOPE } });
	host_row(HP_PROTO_UDP, 40003,
		 (struct hp_row) { .row = { 4, 4 },
				   .cls = { HP_CLASS_RETIRED, HP_CLASS_RETIRED } });
	host_row(HP_PROTO_TCP, 40004, (struct hp_row) { .row = { 5, 5 } });
	hp_bitmaps[0].words[HP_PROTO_TCP][40004 / 64].allowed[HP_SCOPE_EXTERNAL] |= 1ULL
										    << 40004 % 64;
}

static int call_fexit(void)
{
	__u64 ctx[] = { (__u64)(unsigned long)&sk, 5, 0 };

	return hp_listen_fexit(ctx);
}

static int call_sockops(__u32 op, struct bpf_sock *socket)
{
	struct bpf_sock_ops ops = { .op = op, .sk = socket };

	host.ctx = &ops;
	host.ctx_sock = &sk;
	return hp_listen_sockops(&ops);
}

/* Call one of them; sockops always lets the connection go on, as fexit returns nothing. */
static void call(bool sockops)
{
	if (sockops)
		check_int("sockops", call_sockops(BPF_SOCK_OPS_TCP_LISTEN_CB, &bound), 1);
	else
		check_int("fexit", call_fexit(), 0);
}

static void put_note(bool sockops, __u16 port, __u8 told)
{
	host.notes[0].socket = sockops ? (void *)&bound : (void *)&sk;
	host.notes[0].note = (struct hp_note) { .port = port, .told = told };
}

#define EACH(sockops) for (int sockops = 0; sockops < 2; sockops++)

static void test_reported(void **state)
{
	const struct hp_event *e = &host.events[0];

	(void)state;
	EACH(sockops)
	{
		for (enum hp_mode mode = HP_MODE_AUDIT; mode <= HP_MODE_ENFORCE; mode++) {
			begin(mode);
			sk.__sk_common.skc_rcv_saddr = bpf_htonl(0x0a010203);
			call(sockops);
			check_u64("a record", host.sent, 1);
			check_int("port", e->key.port, 40001);
			check_int("protocol", e->key.proto, HP_PROTO_TCP);
			check_int("class", e->key.cls, HP_CLASS_RETIRED);
			/* it listens already */
			check_int("verdict", e->key.verdict, HP_VERDICT_AUDITED);
			check_int("how", e->key.how, HP_HOW_LISTEN);
			check_int("hook", e->hook, sockops ? HP_HOOK_SOCKOPS : HP_HOOK_FEXIT);
			check_int("mode", e->mode, mode);
			check_int("row", e->row, 1);
			check_int("family", e->family, 4);
			assert_memory_equal(e->addr, "\x0a\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0\0",
					    16);
		}
	}
}

static void test_ports(void **state)
{
	static const struct {
		const char *name;
		__u16 port;
		__u16 family;
		__u32 addr; /* IPv4, or the last word of an IPv6 one */
		__u8 cls;   /* NONE: no record */
	} cases[] = {
		{ "allowed", 40004, AF_INET, 0, HP_CLASS_NONE },
		{ "scope", 40002, AF_INET, 0, HP_CLASS_SCOPE },
		{ "scope, v6", 40002, AF_INET6, 2, HP_CLASS_SCOPE },
		{ "localhost", 40002, AF_INET, 0x7f000001, HP_CLASS_NONE },
		{ "localhost, v6", 40002, AF_INET6, 1, HP_CLASS_NONE },
		{ "of another protocol", 40003, AF_INET, 0, HP_CLASS_NONE },
		{ "chosen, no row", 40009, AF_INET, 0, HP_CLASS_NONE },
		{ "not to be chosen", 39999, AF_INET, 0, HP_CLASS_UNREGISTERED },
	};

	(void)state;
	EACH(sockops)
	{
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			begin(HP_MODE_AUDIT);
			sk.__sk_common.skc_num = cases[i].port;
			sk.__sk_common.skc_family = cases[i].family;
			sk.__sk_common.skc_rcv_saddr = bpf_htonl(cases[i].addr);
			sk.__sk_common.skc_v6_rcv_saddr.words[3] = bpf_htonl(cases[i].addr);
			call(sockops);
			check_u64(cases[i].name, host.sent, cases[i].cls != HP_CLASS_NONE);
			if (cases[i].cls)
				check_int(cases[i].name, host.events[0].key.cls, cases[i].cls);
		}
	}
}

/* A port that bind() named is bind's affair, and one that was reported is not reported again. */
static void test_not_again(void **state)
{
	static const struct {
		const char *name;
		__u16 port;
		__u8 told;
		bool again;
	} notes[] = {
		{ "reported", 40001, 1, false },
		{ "not reported", 40001, 0, true },
		{ "another port was", 40009, 1, true },
	};

	(void)state;
	EACH(sockops)
	{
		for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
			begin(HP_MODE_AUDIT);
			put_note(sockops, notes[i].port, notes[i].told);
			call(sockops);
			check_u64(notes[i].name, host.sent, notes[i].again);
		}
		begin(HP_MODE_AUDIT);
		sk.sk_userlocks = SOCK_BINDPORT_LOCK;
		call(sockops);
		check_u64("named", host.sent, 0);
		sk.sk_userlocks = 15 & ~SOCK_BINDPORT_LOCK;
		call(sockops);
		check_u64("other locks", host.sent, 1);
		check_u64("no note is made", host.notes[0].socket != NULL, 0);
	}
}

static void test_left_alone(void **state)
{
	(void)state;
	EACH(sockops)
	{
		begin(HP_MODE_AUDIT);
		host.netns_inum++;
		call(sockops);
		check_u64("another namespace", host.sent, 0);
		begin(HP_MODE_AUDIT);
		host.no_config = true;
		call(sockops);
		check_u64("no policy", host.sent, 0);
		begin(HP_MODE_UNSET);
		call(sockops);
		check_u64("policy unset", host.sent, 0);
	}
	begin(HP_MODE_AUDIT);
	sk.__sk_common.skc_state = 7;
	(void)call_fexit();
	check_u64("listen() has failed", host.sent, 0);
	check_int("another call", call_sockops(BPF_SOCK_OPS_TCP_LISTEN_CB + 1, &bound), 1);
	check_int("another call", call_sockops(BPF_SOCK_OPS_TCP_CONNECT_CB, &bound), 1);
	check_u64("another call", host.sent, 0);
	check_int("no socket to look at", call_sockops(BPF_SOCK_OPS_TCP_LISTEN_CB, NULL), 1);
	check_u64("no socket to look at", host.sent, 1);
}

/* sockops knows the namespace by its cookie, which no other one ever gets. */
static void test_cookie(void **state)
{
	(void)state;
	begin(HP_MODE_AUDIT);
	host.netns_cookie = 5;
	host.cookie_of_netns = 6;
	call(true);
	check_u64("another cookie", host.sent, 0);
	host.cookie_of_netns = 5;
	host.netns_inum++;
	call(true);
	check_u64("the cookie", host.sent, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reported),  cmocka_unit_test(test_ports),
		cmocka_unit_test(test_not_again), cmocka_unit_test(test_left_alone),
		cmocka_unit_test(test_cookie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
