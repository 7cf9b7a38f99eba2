// SPDX-License-Identifier: MIT
/* The programs for SCTP, which few kernels have: bind(), sctp_bindx() and listen(). */
#include "bpf_on_host.h"

#define DENIES ((1U << HP_CLASS_UNREGISTERED) | (1U << HP_CLASS_RETIRED) | (1U << HP_CLASS_SCOPE))
#define PORT   3868 /* 0x0f1c: its bytes differ */

struct address {
	__u16 family, port;
	__u32 v4, v6[4];
};

static struct sock sk;
static struct socket sock = { .sk = &sk };

static struct address v4(__u32 addr, __u16 port)
{
	return (struct address) { AF_INET, bpf_htons(port), bpf_htonl(addr), { 0 } };
}

static struct address v6(__u32 a, __u32 b, __u32 c, __u32 d, __u16 port)
{
	return (struct address) { AF_INET6,
				  bpf_htons(port),
				  0xf00f,
				  { bpf_htonl(a), bpf_htonl(b), bpf_htonl(c), bpf_htonl(d) } };
}

static void begin(enum hp_mode mode)
{
	host_begin(mode, DENIES);
	sk = (struct sock) {
		.__sk_common = { .skc_net = { &host_net }, .skc_net_refcnt = 1 },
		.sk_protocol = HP_IPPROTO_SCTP,
	};
	sock.sk = &sk;
	host_row(HP_PROTO_SCTP, 2905, (struct hp_row) { .row = { 1, 1 } });
	host_row(HP_PROTO_SCTP, 2906,
		 (struct hp_row) { .row = { 2, 3 }, .cls = { HP_CLASS_SCOPE } });
	host_row(HP_PROTO_SCTP, 40001,
		 (struct hp_row) { .row = { 4, 4 },
				   .cls = { HP_CLASS_RETIRED, HP_CLASS_RETIRED } });
	host_row(HP_PROTO_SCTP, 2907,
		 (struct hp_row) { .row = { 5, 5 },
				   .cls = { HP_CLASS_RETIRED, HP_CLASS_RETIRED },
				   .excepted = 1U << HP_CLASS_RETIRED });
	host_row(HP_PROTO_TCP, PORT, (struct hp_row) { .row = { 6, 6 } });
}

static int call_bind(struct address *address, int said)
{
	__u64 ctx[] = { (__u64)(unsigned long)&sock, (__u64)(unsigned long)address, ADDR6_LEN,
			(__u32)said };

	return hp_sctp_bind(ctx);
}

static int call_bind_of(struct address *address, __u32 len)
{
	__u64 ctx[] = { (__u64)(unsigned long)&sock, (__u64)(unsigned long)address, len, 0 };

	return hp_sctp_bind(ctx);
}

static int call_bindx(struct address *address, int option, __u32 len, int said)
{
	__u64 ctx[] = { (__u64)(unsigned long)&sk, (__u32)option, (__u64)(unsigned long)address,
			len, (__u32)said };

	return hp_sctp_bindx(ctx);
}

static int call_listen(int said)
{
	__u64 ctx[] = { (__u64)(unsigned long)&sock, 5, (__u32)said };

	return hp_sctp_listen(ctx);
}

static void check_records(const char *name, size_t want)
{
	check_u64(name, host.sent, want);
	host.sent = 0;
}

static const struct hp_event *last(void)
{
	assert_true(host.len_events);
	return &host.events[host.len_events - 1];
}

/* ---- bind() and sctp_bindx() ----------------------------------------------------------------- */

static void test_bind(void **state)
{
	const struct {
		const char *name;
		struct address address;
		__u8 cls; /* NONE: allowed */
		__u32 row;
	} cases[] = {
		{ "registered", v4(0, 2905), HP_CLASS_NONE, 1 },
		{ "registered, v6", v6(0, 0, 0, 0, 2905), HP_CLASS_NONE, 1 },
		{ "for tcp only", v4(0, PORT), HP_CLASS_UNREGISTERED, 0 },
		{ "unregistered, v6", v6(0x20010db8, 1, 2, 3, PORT), HP_CLASS_UNREGISTERED, 0 },
		{ "localhost", v4(0x7f000001, 2906), HP_CLASS_NONE, 3 },
		{ "localhost, v6", v6(0, 0, 0, 1, 2906), HP_CLASS_NONE, 3 },
		{ "not localhost", v4(0x0a000001, 2906), HP_CLASS_SCOPE, 2 },
		{ "not localhost, v6", v6(0, 0, 1, 1, 2906), HP_CLASS_SCOPE, 2 },
		{ "in the range, by number", v4(0, 40001), HP_CLASS_RETIRED, 4 },
		{ "in the range, no row", v4(0, 40002), HP_CLASS_UNREGISTERED, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address address = cases[i].address;
		bool denied = cases[i].cls != HP_CLASS_NONE, is4 = address.family == AF_INET;

		for (int bindx = 0; bindx < 2; bindx++) {
			begin(HP_MODE_ENFORCE);
			check_int(cases[i].name,
				  bindx ? call_bindx(&address, 100, is4 ? 16 : 28, 0) :
					  call_bind(&address, 0),
				  denied ? -EPERM : 0);
			check_u64(cases[i].name, host.sent, denied);
			if (!denied)
				continue;
			check_int(cases[i].name, last()->key.proto, HP_PROTO_SCTP);
			check_int(cases[i].name, last()->key.port, bpf_ntohs(address.port));
			check_int(cases[i].name, last()->key.cls, cases[i].cls);
			check_int(cases[i].name, last()->key.verdict, HP_VERDICT_DENIED);
			check_int(cases[i].name, last()->key.how, HP_HOW_BIND);
			check_int(cases[i].name, last()->hook, HP_HOOK_LSM);
			check_int(cases[i].name, last()->row, cases[i].row);
			check_int(cases[i].name, last()->family, is4 ? 4 : 6);
			assert_memory_equal(last()->addr, is4 ? &address.v4 : address.v6,
					    is4 ? 4 : 16);
			/* what is only audited is told at listen() */
			begin(HP_MODE_AUDIT);
			check_int(cases[i].name, call_bind(&address, 0), 0);
			check_u64(cases[i].name, host.sent, 0);
		}
	}
}

static void test_errno(void **state)
{
	static const struct {
		__u32 code;
		int want;
	} codes[] = {
		{ EPERM, -EPERM },
		{ EACCES, -EACCES },
		{ EADDRINUSE, -EADDRINUSE },
		{ ENOENT, -EPERM },
	};
	struct address address = v4(0, PORT);

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		begin(HP_MODE_ENFORCE);
		host.configs[0].errno_code = codes[i].code;
		check_int("bind", call_bind(&address, 0), codes[i].want);
		sk.__sk_common.skc_num = PORT;
		check_int("listen", call_listen(0), codes[i].want);
	}
}

/* Of several addresses only the first is read: they are not taken for loopback. */
static void test_several(void **state)
{
	struct address loop4 = v4(0x7f000001, 2906), loop6 = v6(0, 0, 0, 1, 2906);

	(void)state;
	begin(HP_MODE_ENFORCE);
	check_int("one", call_bindx(&loop4, 100, 16, 0), 0);
	check_int("less than one", call_bindx(&loop4, 100, 8, 0), 0);
	check_int("and more", call_bindx(&loop4, 100, 17, 0), -EPERM);
	check_int("two", call_bindx(&loop4, 100, 32, 0), -EPERM);
	check_int("one, v6", call_bindx(&loop6, 100, 28, 0), 0);
	check_int("and more, v6", call_bindx(&loop6, 100, 29, 0), -EPERM);
}

/* Behind the length is what the kernel's stack had: such a bind() is refused anyway. */
static void test_short(void **state)
{
	struct address address = v4(0, PORT), address6 = v6(0, 0, 0, 0, PORT);

	(void)state;
	begin(HP_MODE_ENFORCE);
	check_int("none", call_bind_of(&address, 0), 0);
	check_int("the family", call_bind_of(&address, 2), 0);
	check_int("nearly all of it", call_bind_of(&address, 15), 0);
	check_int("v6, as long as v4's", call_bind_of(&address6, 16), 0);
	check_int("v6, nearly all of it", call_bind_of(&address6, 27), 0);
	check_records("short ones", 0);
	check_int("all of it", call_bind_of(&address, 16), -EPERM);
	check_int("more", call_bind_of(&address, 128), -EPERM);
	check_int("v6, all of it", call_bind_of(&address6, 28), -EPERM);
	address = v4(0x7f000001, 2906);
	check_int("more is not another address", call_bind_of(&address, 128), 0);
}

/* A raw socket sends SCTP itself. It has no port, and bind() does not look at the one named. */
static void test_raw(void **state)
{
	struct address address = v4(0, PORT);

	(void)state;
	for (int mode = HP_MODE_AUDIT; mode < HP_MODE_MAX; mode++) {
		begin((enum hp_mode)mode);
		sk.sk_type = SOCK_RAW;
		sk.__sk_common.skc_num = HP_IPPROTO_SCTP; /* where others have the port */
		check_int("bind", call_bind(&address, 0), 0);
		check_int("listen", call_listen(0), 0);
		check_records("raw", 0);
		sk.sk_type = 0;
		check_int("SCTP", call_bind(&address, 0), mode == HP_MODE_ENFORCE ? -EPERM : 0);
		(void)call_listen(0);
		check_records("SCTP", mode == HP_MODE_ENFORCE ? 2 : 1);
	}
}

/* What another program has refused, or what is not ours, stays as it is. */
static void test_left_alone(void **state)
{
	struct address address = v4(0, PORT);

	(void)state;
	begin(HP_MODE_ENFORCE);
	sk.__sk_common.skc_num = PORT;
	assert_false(hp_lsm_ran);
	check_int("refused before", call_bind(&address, -EACCES), -EACCES);
	assert_true(hp_lsm_ran);
	check_int("refused before: bindx", call_bindx(&address, 100, 16, -EACCES), -EACCES);
	check_int("refused before: listen", call_listen(-EACCES), -EACCES);
	check_int("another option", call_bindx(&address, 101, 16, 0), 0);
	check_int("another option", call_bindx(&address, 0, 16, 0), 0);
	sock.sk = NULL;
	check_int("no socket", call_bind(&address, 0), 0);
	check_int("no socket: listen", call_listen(0), 0);
	sock.sk = &sk;
	sk.sk_protocol = HP_IPPROTO_TCP;
	check_int("another protocol", call_bind(&address, 0), 0);
	check_int("another protocol: bindx", call_bindx(&address, 100, 16, 0), 0);
	check_int("another protocol: listen", call_listen(0), 0);
	sk.sk_protocol = HP_IPPROTO_SCTP;
	host.netns_inum++;
	check_int("another namespace", call_bind(&address, 0), 0);
	check_int("another namespace: bindx", call_bindx(&address, 100, 16, 0), 0);
	check_int("another namespace: listen", call_listen(0), 0);
	host.netns_inum--;
	address.family = AF_UNSPEC;
	check_int("another family", call_bind(&address, 0), 0);
	address.family = AF_INET;
	host.bad_from = &address;
	check_int("no address", call_bind(&address, 0), 0);
	address = v6(1, 2, 3, 4, PORT);
	host.bad_from = address.v6;
	check_int("half an address", call_bind(&address, 0), 0);
	host.bad_from = NULL;
	host.no_config = true;
	check_int("no policy", call_bind(&address, 0), 0);
	check_int("no policy: listen", call_listen(0), 0);
	host.no_config = false;
	check_records("all of it", 0);
	check_int("and ours", call_bind(&address, 0), -EPERM);
}

static void test_port_0(void **state)
{
	struct address address = v4(0, 0);

	(void)state;
	begin(HP_MODE_ENFORCE);
	check_int("passes", call_bind(&address, 0), 0);
	check_records("passes", 0);
	host.configs[0].denies |= 1U << HP_CLASS_EPHEMERAL;
	check_int("opted in", call_bind(&address, 0), -EPERM);
	check_int("opted in", last()->key.how, HP_HOW_BIND0);
	check_int("opted in", last()->key.cls, HP_CLASS_EPHEMERAL);
}

/* ---- listen() -------------------------------------------------------------------------------- */

static void test_listen(void **state)
{
	static const struct {
		const char *name;
		__u16 port;
		enum hp_mode mode;
		int want;
		__u8 cls, verdict, how; /* NONE: no record */
	} cases[] = {
		{ "registered", 2905, HP_MODE_ENFORCE, 0, 0, 0, 0 },
		{ "audited", PORT, HP_MODE_AUDIT, 0, HP_CLASS_UNREGISTERED, HP_VERDICT_AUDITED,
		  HP_HOW_BIND },
		{ "denied", PORT, HP_MODE_ENFORCE, -EPERM, HP_CLASS_UNREGISTERED, HP_VERDICT_DENIED,
		  HP_HOW_BIND },
		{ "excepted", 2907, HP_MODE_ENFORCE, 0, HP_CLASS_RETIRED, HP_VERDICT_EXCEPTED,
		  HP_HOW_BIND },
		{ "chosen", 40001, HP_MODE_AUDIT, 0, HP_CLASS_RETIRED, HP_VERDICT_AUDITED,
		  HP_HOW_BIND0 },
		{ "chosen, denied", 40001, HP_MODE_ENFORCE, -EPERM, HP_CLASS_RETIRED,
		  HP_VERDICT_DENIED, HP_HOW_BIND0 },
		{ "chosen, no row", 40002, HP_MODE_ENFORCE, 0, 0, 0, 0 },
		{ "before the range", 39999, HP_MODE_AUDIT, 0, HP_CLASS_UNREGISTERED,
		  HP_VERDICT_AUDITED, HP_HOW_BIND },
		{ "the range's first", 40000, HP_MODE_AUDIT, 0, 0, 0, 0 },
		{ "the range's last", 50000, HP_MODE_AUDIT, 0, 0, 0, 0 },
		{ "behind the range", 50001, HP_MODE_AUDIT, 0, HP_CLASS_UNREGISTERED,
		  HP_VERDICT_AUDITED, HP_HOW_BIND },
		{ "not bound", 0, HP_MODE_ENFORCE, 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(cases[i].mode);
		sk.__sk_common.skc_num = cases[i].port;
		sk.__sk_common.skc_family = AF_INET;
		sk.__sk_common.skc_rcv_saddr = bpf_htonl(0x0a010203);
		check_int(cases[i].name, call_listen(0), cases[i].want);
		check_u64(cases[i].name, host.sent, cases[i].verdict != 0);
		if (!cases[i].verdict)
			continue;
		check_int(cases[i].name, last()->key.port, cases[i].port);
		check_int(cases[i].name, last()->key.cls, cases[i].cls);
		check_int(cases[i].name, last()->key.verdict, cases[i].verdict);
		check_int(cases[i].name, last()->key.how, cases[i].how);
		check_int(cases[i].name, last()->hook, HP_HOOK_LSM);
		check_int(cases[i].name, last()->family, 4);
		assert_memory_equal(last()->addr, "\x0a\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0\0", 16);
		/* one that listens already has been asked about */
		sk.__sk_common.skc_state = TCP_LISTEN;
		host.sent = 0;
		check_int(cases[i].name, call_listen(0), 0);
		check_u64(cases[i].name, host.sent, 0);
	}
}

/* A socket's own address: IPv6, and loopback, for which a row may be. */
static void test_listen_address(void **state)
{
	(void)state;
	begin(HP_MODE_ENFORCE);
	sk.__sk_common.skc_num = 2906;
	sk.__sk_common.skc_family = AF_INET6;
	sk.__sk_common.skc_rcv_saddr = bpf_htonl(0x7f000001); /* of no meaning */
	sk.__sk_common.skc_v6_rcv_saddr = (struct in6_addr) { { bpf_htonl(0x20010db8), bpf_htonl(1),
								bpf_htonl(2), bpf_htonl(3) } };
	check_int("external", call_listen(0), -EPERM);
	check_int("external", last()->family, 6);
	assert_memory_equal(last()->addr, "\x20\x01\x0d\xb8\0\0\0\1\0\0\0\2\0\0\0\3", 16);
	host.sent = 0;
	sk.__sk_common.skc_v6_rcv_saddr = (struct in6_addr) { { 0, 0, 0, bpf_htonl(1) } };
	check_int("loopback", call_listen(0), 0);
	sk.__sk_common.skc_family = AF_INET;
	check_int("loopback, v4", call_listen(0), 0);
	check_records("loopback", 0);
}

/* The kernel's own sockets, and those that only look so. */
static void test_kernel_sockets(void **state)
{
	static const struct {
		const char *name;
		bool kern, refcnt, thread, is;
	} cases[] = {
		{ "a user's", false, true, false, false },
		{ "a user's, by a worker", false, true, true, false },
		{ "VXLAN's", true, false, false, true },
		{ "NFS'", true, true, true, true },
		{ "MPTCP's of a user's", true, true, false, false },
	};
	struct address address = v4(0, PORT);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(HP_MODE_ENFORCE);
		sk.sk_kern_sock = cases[i].kern;
		sk.__sk_common.skc_net_refcnt = cases[i].refcnt;
		host_thread.flags = cases[i].thread ? PF_KTHREAD | 1 : ~(__u32)PF_KTHREAD;
		check_int(cases[i].name, call_bind(&address, 0), cases[i].is ? 0 : -EPERM);
		sk.__sk_common.skc_num = PORT;
		host.len_events = 0;
		host.jiffies += 1000;
		(void)call_listen(0);
		check_int(cases[i].name, last()->key.how,
			  cases[i].is ? HP_HOW_KERNEL : HP_HOW_BIND);
		check_int(cases[i].name, last()->kernel_thread, cases[i].thread);
		host.configs[0].deny_kernel = 1;
		check_int(cases[i].name, call_bind(&address, 0), -EPERM);
	}
	host_thread.flags = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bind),	       cmocka_unit_test(test_errno),
		cmocka_unit_test(test_several),	       cmocka_unit_test(test_left_alone),
		cmocka_unit_test(test_short),	       cmocka_unit_test(test_raw),
		cmocka_unit_test(test_port_0),	       cmocka_unit_test(test_listen),
		cmocka_unit_test(test_listen_address), cmocka_unit_test(test_kernel_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
