// SPDX-License-Identifier: MIT
/* Rows for their owners alone: sets of ports, and what they grant whom. */
#include "registry_cases.h"

#include "../../user/policy/policy.h"

#define TODAY		  .today = { 2027, 1, 1 }
#define U		  ", owners: [{unit: u.service}]}"
#define V		  ", owners: [{unit: v.service}, {exe: /v}]}"
#define CLIENT(p, owners) "{protocol: tcp, process: c, ports: " p owners
#define EXCEPTION(p, c, day, owners)                                                               \
	"{protocol: tcp, ports: " p ", class: " c ", reason: r, until: " day owners
#define LATER "2027-01-02"

static const struct owner_of u = { .unit = "u.service" }, v = { .unit = "v.service" },
			     exe = { .unit = "x.service", .exe = "/v" };

/* A policy, and the registry that it reads. */
struct made {
	struct registry *reg;
	struct policy *policy;
};

static void made_done(struct made *made)
{
	policy_free(made->policy);
	registry_free(made->reg);
}
#define _cleanup_made_ _cleanup_(made_done)

static struct made make(const char *lists, struct node_facts facts)
{
	struct made made = { .reg = registry_of_lists(lists) };

	assert_int_equal(policy_build(made.reg, &facts, &made.policy), 0);
	return made;
}

static void put_sets(const struct owned *owned, struct buf *out)
{
	for (size_t i = 0; i < owned->sets_len; i++)
		buf_printf(out, "%u:%u-%u ", owned->sets[i].proto, owned->sets[i].first,
			   owned->sets[i].last);
}

static const struct {
	const char *lists, *want;
} set_cases[] = {
	{ "entries: [{ports: 1, protocol: tcp, process: p" U "]", NULL },
	{ "clients: [" CLIENT("10-20", U) "]", "0:10-20 " },
	{ "clients: [" CLIENT("1", U) "," CLIENT("65535", U) "]", "0:1-1 0:65535-65535 " },
	{ "clients: [" CLIENT("1-65535", U) "," CLIENT("10-20", V) "]",
	  "0:1-9 0:10-20 0:21-65535 " },
	{ "clients: [" CLIENT("10-20", U) "," CLIENT("10-20", V) "]", "0:10-20 " },
	{ "clients: [" CLIENT("10-14", U) "," CLIENT("15-20", V) "]", "0:10-14 0:15-20 " },
	{ "clients: [" CLIENT("10-15", U) "," CLIENT("15-20", V) "]", "0:10-14 0:15-15 0:16-20 " },
	{ "clients: [" CLIENT("10", U) ", {protocol: udp, process: c, ports: 10" U "]",
	  "0:10-10 1:10-10 " },
	{ "clients: [" CLIENT("10", U) "]\nexceptions: [" EXCEPTION("10-11", "scope", LATER, V) "]",
	  "0:10-10 0:11-11 " },
	/* What does not hold here, or is for anybody, makes no set. */
	{ "exceptions: [" EXCEPTION("10", "scope", LATER, "}") "]", NULL },
	{ "exceptions: [" EXCEPTION("10", "scope", "2026-12-31", U) "]", NULL },
	{ "exceptions: [" EXCEPTION("10", "scope", "2027-01-01", U) "]", "0:10-10 " },
	{ "exceptions: [" EXCEPTION("10", "ephemeral", LATER, U) "]", NULL },
	{ "clients: [" CLIENT("10", ", role: control-plane" U) "]", NULL },
	{ "clients: [" CLIENT("10", ", role: worker" U) "]", "0:10-10 " },
};

static void test_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(set_cases); i++) {
		_cleanup_made_ struct made made = make(
			set_cases[i].lists, (struct node_facts) { .role = REG_ROLE_WORKER, TODAY });
		_cleanup_buf_ struct buf got = { 0 };

		put_sets(&made.policy->owned, &got);
		check_text(set_cases[i].lists, got.data, set_cases[i].want);
	}
}

static void test_dropped(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists("clients: [" CLIENT("10", U) "]");
	const struct node_facts facts = { TODAY };
	struct owned owned;

	(void)state;
	reg->layers[0].rows[0].dropped = true;
	assert_int_equal(owned_build(reg, &facts, &owned), 0);
	check_u64("rows", owned.rows_len, 0);
	owned_done(&owned);
}

#define BIT(cls) (1U << HP_CLASS_##cls)

/* Of each port, what each workload is granted; by its set, too. */
static void test_grants(void **state)
{
	static const char lists[] =
		"entries: [{ports: 12, protocol: tcp, process: p}]\n"
		"clients: [" CLIENT("10-20", U) "," CLIENT(
			"15", V) "]\n"
				 "exceptions: [" EXCEPTION("15-25", "unregistered", LATER,
							   U) "," EXCEPTION("25", "scope", LATER,
									    V) "]";
	static const struct {
		uint16_t port;
		unsigned int u, v, exe;
		uint32_t u_client, v_client;
	} want[] = {
		{ 9, 0, 0, 0, 0, 0 },
		{ 10, HP_GRANTS_CLIENT, 0, 0, 2, 0 },
		{ 15, HP_GRANTS_CLIENT | BIT(UNREGISTERED), HP_GRANTS_CLIENT, HP_GRANTS_CLIENT, 2,
		  3 },
		{ 20, HP_GRANTS_CLIENT | BIT(UNREGISTERED), 0, 0, 2, 0 },
		{ 21, BIT(UNREGISTERED), 0, 0, 0, 0 },
		{ 25, BIT(UNREGISTERED), BIT(SCOPE), BIT(SCOPE), 0, 0 },
		{ 26, 0, 0, 0, 0, 0 },
	};
	_cleanup_made_ struct made made = make(lists, (struct node_facts) { TODAY });
	const struct owned *owned = &made.policy->owned;
	const struct owner_of nobody = { 0 }, other = { .unit = "w.service", .exe = "/w" };
	_cleanup_free_ uint16_t *grants = calloc(owned->sets_len, sizeof(*grants));

	(void)state;
	assert_non_null(grants);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct hp_row *row = policy_find(made.policy, HP_PROTO_TCP, want[i].port);
		uint16_t port = want[i].port;
		uint32_t client = 99;

		check_u64("u", owned_grants(owned, HP_PROTO_TCP, port, &u, &client), want[i].u);
		check_u64("u's client", client, want[i].u_client);
		check_u64("v", owned_grants(owned, HP_PROTO_TCP, port, &v, &client), want[i].v);
		check_u64("v's client", client, want[i].v_client);
		check_u64("exe", owned_grants(owned, HP_PROTO_TCP, port, &exe, NULL), want[i].exe);
		check_u64("nobody", owned_grants(owned, HP_PROTO_TCP, port, &nobody, NULL), 0);
		check_u64("other", owned_grants(owned, HP_PROTO_TCP, port, &other, NULL), 0);
		check_u64("udp", owned_grants(owned, HP_PROTO_UDP, port, &u, NULL), 0);
		check_int("has a set", row && row->owners, want[i].u || want[i].v);
		if (!row || !row->owners)
			continue;
		check_int("any", owned_grants_by_set(owned, &u, grants), true);
		check_u64("u, by set", grants[row->owners - owned->from], want[i].u);
		check_int("any", owned_grants_by_set(owned, &v, grants), true);
		check_u64("v, by set", grants[row->owners - owned->from], want[i].v);
		check_int("none", owned_grants_by_set(owned, &other, grants), false);
		check_u64("other, by set", grants[row->owners - owned->from], 0);
	}
}

/* A client is "registered" for nobody but its owners: neither allowed in the bitmap nor reserved.
 */
static void test_decisions(void **state)
{
	static const char lists[] =
		"entries: [{ports: 12, protocol: tcp, process: p, scope: localhost}]\n"
		"clients: [" CLIENT("10-20", U) "]\n"
						"exceptions: [" EXCEPTION("12", "scope", LATER,
									  V) "]";
	static const struct hp_config config = { .mode = HP_MODE_ENFORCE, .denies = 0xff };
	_cleanup_made_ struct made made = make(lists, (struct node_facts) { TODAY });
	const struct owner_of nobody = { 0 };
	const struct {
		const char *name;
		const struct owner_of *who;
		uint16_t port;
		uint8_t scope, chosen;
		struct hp_decision want;
	} cases[] = {
		{ "owner", &u, 10, 0, 0, { 2, HP_CLASS_NONE, HP_VERDICT_ALLOWED } },
		{ "owner, chosen", &u, 10, 0, 1, { 2, HP_CLASS_NONE, HP_VERDICT_ALLOWED } },
		{ "stranger", &v, 10, 0, 0, { 0, HP_CLASS_UNREGISTERED, HP_VERDICT_DENIED } },
		{ "stranger, chosen", &v, 10, 0, 1, { 0, HP_CLASS_EPHEMERAL, HP_VERDICT_DENIED } },
		{ "not known", &nobody, 10, 0, 0, { 0, HP_CLASS_UNREGISTERED, HP_VERDICT_DENIED } },
		{ "not asked", NULL, 10, 0, 0, { 0, HP_CLASS_UNREGISTERED, HP_VERDICT_DENIED } },
		{ "port 0", &u, 0, 0, 0, { 0, HP_CLASS_EPHEMERAL, HP_VERDICT_DENIED } },
		{ "an entry decides", &u, 12, 1, 0, { 1, HP_CLASS_NONE, HP_VERDICT_ALLOWED } },
		{ "more than the entry", &u, 12, 0, 0, { 2, HP_CLASS_NONE, HP_VERDICT_ALLOWED } },
		{ "excepted", &v, 12, 0, 0, { 1, HP_CLASS_SCOPE, HP_VERDICT_EXCEPTED } },
		{ "not excepted", &nobody, 12, 0, 0, { 1, HP_CLASS_SCOPE, HP_VERDICT_DENIED } },
		{ "outside", &u, 21, 0, 0, { 0, HP_CLASS_UNREGISTERED, HP_VERDICT_DENIED } },
	};
	struct portset registered = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct hp_query q = { .port = cases[i].port,
					    .scope = cases[i].scope,
					    .chosen = cases[i].chosen };
		struct hp_decision d = policy_decide_for(made.policy, &config, &q, cases[i].who);

		check_u64(cases[i].name, d.row, cases[i].want.row);
		check_int(cases[i].name, d.cls, cases[i].want.cls);
		check_int(cases[i].name, d.verdict, cases[i].want.verdict);
		check_int(cases[i].name, policy_bitmap_allows(&made.policy->bitmap, &q),
			  cases[i].port == 12 && cases[i].scope == HP_SCOPE_LOCALHOST);
	}
	policy_registered(made.policy, 1, UINT16_MAX, &registered);
	check_u64("registered", portset_count(&registered), 1);
}

static void test_numbers(void **state)
{
	_cleanup_made_ struct made made =
		make("clients: [" CLIENT("10-11", U) "," CLIENT("20", U) "]",
		     (struct node_facts) { TODAY });

	(void)state;
	check_u64("from 1", policy_find(made.policy, 0, 11)->owners, 1);
	check_u64("from 1", policy_find(made.policy, 0, 20)->owners, 2);
	policy_number_sets(made.policy, 100);
	check_u64("from 100", policy_find(made.policy, 0, 10)->owners, 100);
	check_u64("from 100", policy_find(made.policy, 0, 20)->owners, 101);
	policy_number_sets(made.policy, 1);
	check_u64("from 1 again", policy_find(made.policy, 0, 20)->owners, 2);
	check_u64("from", made.policy->owned.from, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),	cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_grants),	cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
