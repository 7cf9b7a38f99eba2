// SPDX-License-Identifier: MIT
#include "test.h"

#include <arpa/inet.h>

#include "../../user/policy/policy.h"
#include "verdict_cases.h"

_Static_assert(VC_DEFAULT == POLICY_DENIES_DEFAULT, "the cases know the defaults");
_Static_assert(VERDICT_CASES >= 60, "cases");

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < VERDICT_CASES; i++) {
		const struct verdict_case *c = &verdict_cases[i];
		struct hp_decision d =
			hp_decide(&c->config, c->has_row ? &c->row : NULL, &c->query);

		check_int(c->name, d.verdict, c->want.verdict);
		check_int(c->name, d.cls, c->want.cls);
		check_int(c->name, d.row, c->want.row);
	}
}

/* The table names each case once, and has every class, verdict, mode and protocol. */
static void test_cases_cover(void **state)
{
	unsigned int classes = 0, verdicts = 0, modes = 0, protos = 0;

	(void)state;
	for (size_t i = 0; i < VERDICT_CASES; i++) {
		const struct verdict_case *c = &verdict_cases[i];

		classes |= 1U << c->want.cls;
		verdicts |= 1U << c->want.verdict;
		modes |= 1U << c->config.mode;
		protos |= 1U << c->query.proto;
		for (size_t j = 0; j < i; j++)
			if (strcmp(verdict_cases[j].name, c->name) == 0)
				fail_msg("two cases are called %s", c->name);
	}
	assert_int_equal(classes, (1U << HP_CLASS_MAX) - 1);
	assert_int_equal(verdicts, (1U << HP_VERDICT_MAX) - 1 - (1U << HP_VERDICT_NONE));
	assert_int_equal(modes, (1U << HP_MODE_MAX) - 1);
	assert_int_equal(protos, (1U << HP_PROTO_MAX) - 1);
}

/* What zeroed maps hold before the first policy: everything passes, nothing is a violation. */
static void test_zeroed(void **state)
{
	const struct hp_config config = { 0 };
	const struct hp_query query = { .port = 80 };
	struct hp_decision d = hp_decide(&config, NULL, &query);

	(void)state;
	assert_int_equal(d.verdict, HP_VERDICT_ALLOWED);
	assert_int_equal(d.row, HP_NO_ROW);
}

/* Does a socket's own range leave out ports of its namespace's? */
static void test_narrower(void **state)
{
	static const struct {
		uint16_t own_first, own_last, first, last;
		bool is;
	} cases[] = {
		{ 0, 0, 32768, 60999, false },	       { 32768, 60999, 32768, 60999, false },
		{ 1, 65535, 32768, 60999, false },     { 1, 60999, 32768, 60999, false },
		{ 32768, 65535, 32768, 60999, false }, { 45000, 45000, 32768, 60999, true },
		{ 32769, 60999, 32768, 60999, true },  { 32768, 60998, 32768, 60999, true },
		{ 32768, 32768, 32768, 60999, true },  { 60999, 60999, 32768, 60999, true },
		{ 45000, 0, 32768, 60999, true },      { 0, 45000, 32768, 60999, true },
		{ 45000, 65535, 32768, 60999, true },  { 1, 45000, 32768, 60999, true },
		{ 1, 32767, 32768, 60999, false },     { 61000, 65535, 32768, 60999, false },
		{ 45000, 45000, 45000, 45000, false }, { 2, 65535, 1, 65535, true },
		{ 1, 65534, 1, 65535, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "%u-%u of %u-%u", cases[i].own_first,
			       cases[i].own_last, cases[i].first, cases[i].last);
		check_int(name,
			  hp_is_narrower(HP_RANGE(cases[i].own_first, cases[i].own_last),
					 HP_RANGE(cases[i].first, cases[i].last)),
			  cases[i].is);
	}
}

struct proto_case {
	const char *name;
	__u32 ipproto;
	__u8 proto;
};

static const struct proto_case proto_cases[] = {
	{ "tcp", 6, HP_PROTO_TCP },	      { "mptcp", 262, HP_PROTO_TCP },
	{ "udp", 17, HP_PROTO_UDP },	      { "udplite", 136, HP_PROTO_UDPLITE },
	{ "sctp", 132, HP_PROTO_SCTP },	      { "dccp", 33, HP_PROTO_DCCP },
	{ "ip", 0, HP_PROTO_OTHER },	      { "icmp", 1, HP_PROTO_OTHER },
	{ "raw", 255, HP_PROTO_OTHER },	      { "262 & 255", 262 & 255, HP_PROTO_TCP },
	{ "huge", 1U << 31, HP_PROTO_OTHER },
};

static void test_proto_of(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(proto_cases) / sizeof(proto_cases[0]); i++)
		check_int(proto_cases[i].name, hp_proto_of(proto_cases[i].ipproto),
			  proto_cases[i].proto);
}

struct scope_case {
	const char *name;
	__u32 a[4];
	__u8 scope;
};

static const struct scope_case scope4_cases[] = {
	{ "127.0.0.1", { 0x7f000001 }, HP_SCOPE_LOCALHOST },
	{ "127.0.0.0", { 0x7f000000 }, HP_SCOPE_LOCALHOST },
	{ "127.255.255.255", { 0x7fffffff }, HP_SCOPE_LOCALHOST },
	{ "126.255.255.255", { 0x7effffff }, HP_SCOPE_EXTERNAL },
	{ "128.0.0.0", { 0x80000000 }, HP_SCOPE_EXTERNAL },
	{ "0.0.0.0", { 0 }, HP_SCOPE_EXTERNAL },
	{ "255.255.255.255", { 0xffffffff }, HP_SCOPE_EXTERNAL },
	{ "1.0.0.127", { 0x0100007f }, HP_SCOPE_EXTERNAL },
};

static const struct scope_case scope6_cases[] = {
	{ "::1", { 0, 0, 0, 1 }, HP_SCOPE_LOCALHOST },
	{ "::", { 0, 0, 0, 0 }, HP_SCOPE_EXTERNAL },
	{ "::2", { 0, 0, 0, 2 }, HP_SCOPE_EXTERNAL },
	{ "::127.0.0.1", { 0, 0, 0, 0x7f000001 }, HP_SCOPE_EXTERNAL },
	{ "::ffff:127.0.0.1", { 0, 0, 0xffff, 0x7f000001 }, HP_SCOPE_LOCALHOST },
	{ "::ffff:127.9.9.9", { 0, 0, 0xffff, 0x7f090909 }, HP_SCOPE_LOCALHOST },
	{ "::ffff:0.0.0.0", { 0, 0, 0xffff, 0 }, HP_SCOPE_EXTERNAL },
	{ "::ffff:10.0.0.1", { 0, 0, 0xffff, 0x0a000001 }, HP_SCOPE_EXTERNAL },
	{ "::fffe:127.0.0.1", { 0, 0, 0xfffe, 0x7f000001 }, HP_SCOPE_EXTERNAL },
	{ "::1:0:0:1", { 0, 1, 0, 1 }, HP_SCOPE_EXTERNAL },
	{ "fe80::1", { 0xfe800000, 0, 0, 1 }, HP_SCOPE_EXTERNAL },
	{ "64:ff9b::127.0.0.1", { 0x0064ff9b, 0, 0, 0x7f000001 }, HP_SCOPE_EXTERNAL },
};

static void test_scope_of(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scope4_cases) / sizeof(scope4_cases[0]); i++)
		check_int(scope4_cases[i].name, hp_scope_of4(scope4_cases[i].a[0]),
			  scope4_cases[i].scope);
	for (size_t i = 0; i < sizeof(scope6_cases) / sizeof(scope6_cases[0]); i++) {
		const __u32 *a = scope6_cases[i].a;

		check_int(scope6_cases[i].name, hp_scope_of6(a[0], a[1], a[2], a[3]),
			  scope6_cases[i].scope);
	}
}

/* Both ends of a range belong to it. */
static void test_may_be_chosen(void **state)
{
	static const struct {
		const char *name;
		__u16 port, first, last;
		bool may;
	} cases[] = {
		{ "before the first", 32767, 32768, 60999, false },
		{ "the first", 32768, 32768, 60999, true },
		{ "between", 45000, 32768, 60999, true },
		{ "the last", 60999, 32768, 60999, true },
		{ "after the last", 61000, 32768, 60999, false },
		{ "a range of one port", 80, 80, 80, true },
		{ "before a range of one port", 79, 80, 80, false },
		{ "after a range of one port", 81, 80, 80, false },
		{ "all ports: the highest", 65535, 1, 65535, true },
		{ "no range is known", 80, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_int(cases[i].name,
			  hp_may_be_chosen(cases[i].port, cases[i].first, cases[i].last),
			  cases[i].may);
}

/* Loopback is one address, and so are the wildcards; any other one is itself. */
static void test_declare_at(void **state)
{
	static const struct {
		const char *name, *address;
		__u8 scope;
		const char *want; /* the address of the key */
	} cases[] = {
		{ "any, IPv6", "::", HP_SCOPE_EXTERNAL, "::" },
		{ "any, IPv4", "::ffff:0.0.0.0", HP_SCOPE_EXTERNAL, "::" },
		{ "loopback, IPv6", "::1", HP_SCOPE_LOCALHOST, "::" },
		{ "loopback, IPv4", "::ffff:127.0.0.1", HP_SCOPE_LOCALHOST, "::" },
		{ "another one of loopback", "::ffff:127.1.2.3", HP_SCOPE_LOCALHOST, "::" },
		{ "IPv4", "::ffff:10.0.0.1", HP_SCOPE_EXTERNAL, "::ffff:10.0.0.1" },
		{ "IPv6", "fd00::1:2", HP_SCOPE_EXTERNAL, "fd00::1:2" },
		{ "a low one of IPv6", "::2", HP_SCOPE_EXTERNAL, "::2" },
		{ "like the wildcard of IPv4", "::fffe:0:0", HP_SCOPE_EXTERNAL, "::fffe:0:0" },
		{ "several, the first is loopback", "::1", HP_SCOPE_EXTERNAL, "::1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hp_declared_key key = { .cgroup = 7, .port = 80, .proto = 1 };
		__u32 addr[4], want[4];

		assert_int_equal(inet_pton(AF_INET6, cases[i].address, addr), 1);
		assert_int_equal(inet_pton(AF_INET6, cases[i].want, want), 1);
		hp_declare_at(&key, cases[i].scope, addr);
		check_int(cases[i].name, memcmp(key.addr, want, sizeof(want)), 0);
		check_int(cases[i].name, key.scope, cases[i].scope);
		check_u64("as it was", key.cgroup * 1000 + key.port * 10 + key.proto, 7801);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),	 cmocka_unit_test(test_cases_cover),
		cmocka_unit_test(test_zeroed),	 cmocka_unit_test(test_proto_of),
		cmocka_unit_test(test_scope_of), cmocka_unit_test(test_may_be_chosen),
		cmocka_unit_test(test_narrower), cmocka_unit_test(test_declare_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
