// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/policy/policy.h"
#include "portsets.h"
#include "registry_cases.h"

#define ENTRIES(rows) "entries: [" rows "]\n"

#define P(n, keys)    "{ports: " n ", protocol: tcp, process: p" keys "},"
#define X(n, c, keys) "{ports: " n ", protocol: tcp, class: " c ", reason: r, until: " keys "},"
#define BIT(c)	      (1U << HP_CLASS_##c)

static void test_dropped(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 80, protocol: tcp, process: p}, "
		"{ports: 81, protocol: tcp, process: p}]}",
		"{version: 1, name: b, drop: [{ports: 80, protocol: tcp, reason: r}]}",
	};
	const struct node_facts facts = { .today = { 2027, 3, 31 } };
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	assert_null(policy_find(policy, HP_PROTO_TCP, 80));
	/* Numbers stay what registry_row() counts. */
	check_int("row", policy_find(policy, HP_PROTO_TCP, 81)->row[0], 2);
}

/* The empty registry: nothing is registered, never "everything is allowed". */
static void test_empty(void **state)
{
	const struct hp_config config = {
		.mode = HP_MODE_ENFORCE,
		.denies = POLICY_DENIES_DEFAULT,
	};
	const struct node_facts facts = { .today = { 2027, 3, 31 } };
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_(policy_freep) struct policy *policy = NULL;

	(void)state;
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	check_u64("rows", policy->len, 0);
	for (uint32_t port = 1; port < HP_PORTS; port++) {
		struct hp_query q = { .port = (uint16_t)port };

		assert_false(policy_bitmap_allows(&policy->bitmap, &q));
		assert_int_equal(policy_decide(policy, &config, &q).verdict, HP_VERDICT_DENIED);
	}
}

/* A policy has rows of all protocols, sorted, and says nothing of what no row names. */
static void test_find(void **state)
{
	static const struct {
		uint8_t proto;
		uint16_t port;
	} want[] = {
		{ HP_PROTO_TCP, 2 },	 { HP_PROTO_TCP, 3 },  { HP_PROTO_UDP, 65535 },
		{ HP_PROTO_UDPLITE, 1 }, { HP_PROTO_SCTP, 9 },
	};
	const struct node_facts facts = { .today = { 2027, 3, 31 } };
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists("entries: [{ports: 9, protocol: sctp, process: p}, "
				  "{ports: 1, protocol: udplite, process: p}, "
				  "{ports: 65535, protocol: udp, process: p}, "
				  "{ports: 2-3, protocol: tcp, process: p}]");
	_cleanup_(policy_freep) struct policy *policy = NULL;

	(void)state;
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	check_u64("rows", policy->len, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct policy_row *row = &policy->rows[i];

		check_int("protocol", row->key.proto, want[i].proto);
		check_int("port", row->key.port, want[i].port);
		assert_ptr_equal(policy_find(policy, want[i].proto, want[i].port), &row->row);
		assert_null(policy_find(policy, HP_PROTO_DCCP, want[i].port));
		assert_null(policy_find(policy, HP_PROTO_MAX, want[i].port));
	}
	assert_null(policy_find(policy, HP_PROTO_TCP, 1));
	assert_null(policy_find(policy, HP_PROTO_TCP, 4));
	assert_null(policy_find(policy, HP_PROTO_TCP, 0));
	assert_null(policy_find(policy, HP_PROTO_UDP, 65534));
}

/* The bitmap says which ports rows name, and on which scopes they allow them. */
static void test_bitmap(void **state)
{
	static const struct {
		uint16_t port;
		bool named, external, localhost;
	} cases[] = {
		{ 62, false, false, false }, { 63, true, true, true },	{ 64, true, true, true },
		{ 65, false, false, false }, { 80, true, false, true }, { 81, true, false, false },
	};
	const struct node_facts facts = { .role = REG_ROLE_WORKER, .today = { 2027, 3, 31 } };
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists(ENTRIES(P("63-64", "") P("80", ", scope: localhost") P(
			"81", ", role: control-plane") "{ports: 80, protocol: sctp, process: p}"));
	_cleanup_(policy_freep) struct policy *policy = NULL;

	(void)state;
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint16_t port = cases[i].port;
		struct hp_query q = { .port = port };

		check_int("named",
			  policy->bitmap.words[HP_PROTO_TCP][port / 64].named >> port % 64 & 1,
			  cases[i].named);
		check_int("external", policy_bitmap_allows(&policy->bitmap, &q), cases[i].external);
		q.scope = HP_SCOPE_LOCALHOST;
		check_int("localhost", policy_bitmap_allows(&policy->bitmap, &q),
			  cases[i].localhost);
		q.scope = HP_SCOPE_MAX;
		check_int("no scope", policy_bitmap_allows(&policy->bitmap, &q), false);
		q = (struct hp_query) { .proto = HP_PROTO_UDP, .port = port };
		check_int("udp", policy_bitmap_allows(&policy->bitmap, &q), false);
		q.proto = HP_BITMAP_PROTOS;
		check_int("not in the bitmap", policy_bitmap_allows(&policy->bitmap, &q), false);
	}
}

/* Ports that a row names, on this node or on another one; an exception alone is no row. */
static void test_registered(void **state)
{
	const struct node_facts facts = { .role = REG_ROLE_WORKER, .today = { 2027, 3, 31 } };
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists(ENTRIES(P("10-12", "") P("20", ", role: control-plane") P(
			"21", ", scope: localhost") "{ports: 22, protocol: sctp, process: "
						    "p}") "retired: [{ports: 23, protocol: "
							  "udp, process: p, removed: "
							  "'4.1'}]\n"
							  "exceptions: [" X("24", "unregistered",
									    "2028-01-01")
								  X("12", "unregistered",
								    "2028-01-01") "]\n");
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct portset all = { 0 }, some = { 0 }, one = { 0 };

	(void)state;
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	policy_registered(policy, 1, 65535, &all);
	check_ports("all", &all, "10-12,20-23");
	policy_registered(policy, 11, 22, &some);
	check_ports("some", &some, "11-12,20-22");
	portset_add(&one, 9);
	policy_registered(policy, 20, 20, &one);
	check_ports("one more", &one, "9,20");
}

struct denies_case {
	const char *list;
	int r;
	uint32_t denies;
	const char *bad;
};

static const struct denies_case denies_cases[] = {
	{ "default", 0, POLICY_DENIES_DEFAULT, NULL },
	{ "unregistered", 0, BIT(UNREGISTERED), NULL },
	{ "default,owner", 0, POLICY_DENIES_DEFAULT | BIT(OWNER), NULL },
	{ "owner,default", 0, POLICY_DENIES_DEFAULT | BIT(OWNER), NULL },
	{ "ephemeral,undeclared", 0, BIT(EPHEMERAL) | BIT(UNDECLARED), NULL },
	{ "scope,scope", 0, BIT(SCOPE), NULL },
	{ "", -EINVAL, 0, "" },
	{ ",", -EINVAL, 0, "" },
	{ "scope,", -EINVAL, 0, "" },
	{ ",scope", -EINVAL, 0, "" },
	{ "none", -EINVAL, 0, "none" },
	{ "scope,Owner,retired", -EINVAL, 0, "Owner" },
	{ "scope, owner", -EINVAL, 0, " owner" },
	{ "defaults", -EINVAL, 0, "defaults" },
	{ "scope,unregisteredunregisteredunregist", -EINVAL, 0,
	  "unregisteredunregisteredunregist" },
	{ "scope,012345678901234567890123456789012345678901234567890", -EINVAL, 0,
	  "012345678901234567890123456789012345678901234567890" },
};

static void test_denies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(denies_cases); i++) {
		const struct denies_case *c = &denies_cases[i];
		const char *bad = NULL;
		uint32_t denies = 0;
		size_t len = 0;

		check_int(c->list, policy_denies_parse(c->list, &denies, &bad, &len), c->r);
		check_u64(c->list, denies, c->denies);
		if (!c->bad)
			continue;
		check_u64(c->list, len, strlen(c->bad));
		check_int(c->list, strncmp(bad, c->bad, len), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),	   cmocka_unit_test(test_bitmap),
		cmocka_unit_test(test_registered), cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_empty),	   cmocka_unit_test(test_denies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
