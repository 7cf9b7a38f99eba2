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

/* At an external address. */
static uint16_t grants_of(const struct owned *owned, uint8_t proto, uint16_t port,
			  const struct owner_of *who, uint32_t *ret_number)
{
	const struct hp_query q = { .proto = proto, .port = port };
	uint32_t number;

	return owned_grants(owned, &q, who, ret_number ? ret_number : &number);
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

		check_u64("u", grants_of(owned, HP_PROTO_TCP, port, &u, &client), want[i].u);
		check_u64("u's client", client, want[i].u_client);
		check_u64("v", grants_of(owned, HP_PROTO_TCP, port, &v, &client), want[i].v);
		check_u64("v's client", client, want[i].v_client);
		check_u64("exe", grants_of(owned, HP_PROTO_TCP, port, &exe, NULL), want[i].exe);
		check_u64("nobody", grants_of(owned, HP_PROTO_TCP, port, &nobody, NULL), 0);
		check_u64("other", grants_of(owned, HP_PROTO_TCP, port, &other, NULL), 0);
		check_u64("udp", grants_of(owned, HP_PROTO_UDP, port, &u, NULL), 0);
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

#define ENTRY(p, more) "{protocol: tcp, process: p, ports: " p more
#define POD_A	       ", owners: [{namespace: n, pod: a-*}]}"
#define POD_C	       ", owners: [{namespace: n, pod: b, container: c}]}"

static const struct node_facts all_told = { TODAY, .knows_units = true, .knows_pods = true };

/* Entries are for their owners alone where these can be told from others. */
static const char entry_lists[] =
	"entries:\n"
	"- " ENTRY(
		"10",
		U) "\n"
		   "- " ENTRY(
			   "11",
			   ", scope: localhost" U) "\n"
						   "- " ENTRY(
							   "12",
							   POD_A) "\n"
								  "- " ENTRY(
									  "13",
									  POD_C) "\n"
										 "- " ENTRY(
											 "14",
											 ", scope: "
											 "localhos"
											 "t" U) "\n"
												"-"
												" " ENTRY(
													"14",
													POD_A) "\n"
													       "- " ENTRY(
														       "15",
														       U) "\n"
															  "- " ENTRY(
																  "10-20",
																  ", role: control-plane}") "\n"
																			    "- " ENTRY(
																				    "15",
																				    "}") "\n"
																					 "- " ENTRY(
																						 "16",
																						 ", owners: [{unit: u.service}, {namespace: n}]}") "\n";

static const struct owner_of unit_u = { .unit = "u.service", .exe = "" },
			     unit_v = { .unit = "v.service", .exe = "" },
			     neither = { .unit = "", .exe = "" }, nobody = { 0 },
			     a = { .namespace_ = "n", .pod = "a-1", .container = "x", .exe = "" },
			     b = { .namespace_ = "n", .pod = "b", .exe = "" },
			     bc = { .namespace_ = "n", .pod = "b", .container = "c", .exe = "" },
			     bd = { .namespace_ = "n", .pod = "b", .container = "d", .exe = "" };

static const struct {
	uint16_t port;
	uint8_t scope;
	const struct owner_of *who;
	uint8_t cls;
	uint32_t row;
} entry_cases[] = {
	{ 10, 0, &unit_u, HP_CLASS_NONE, 1 },
	{ 10, 0, &unit_v, HP_CLASS_OWNER, 1 },
	{ 10, 0, &neither, HP_CLASS_OWNER, 1 },
	{ 10, 0, &a, HP_CLASS_OWNER, 1 },
	/* nobody is accused for what is not known */
	{ 10, 0, &nobody, HP_CLASS_NONE, 1 },
	{ 10, 0, NULL, HP_CLASS_NONE, 1 },
	{ 11, 1, &unit_u, HP_CLASS_NONE, 2 },
	{ 11, 1, &unit_v, HP_CLASS_OWNER, 2 },
	{ 11, 0, &unit_u, HP_CLASS_SCOPE, 2 },
	{ 11, 0, &unit_v, HP_CLASS_SCOPE, 2 },
	{ 12, 0, &a, HP_CLASS_NONE, 3 },
	{ 12, 0, &b, HP_CLASS_OWNER, 3 },
	{ 12, 0, &unit_u, HP_CLASS_OWNER, 3 },
	{ 13, 0, &bc, HP_CLASS_NONE, 4 },
	{ 13, 0, &bd, HP_CLASS_OWNER, 4 },
	{ 13, 0, &b, HP_CLASS_NONE, 4 }, /* in which container is not known */
	{ 13, 0, &a, HP_CLASS_OWNER, 4 },
	/* two rows: one owns the port on loopback only */
	{ 14, 1, &unit_u, HP_CLASS_NONE, 5 },
	{ 14, 0, &unit_u, HP_CLASS_OWNER, 6 },
	{ 14, 0, &a, HP_CLASS_NONE, 6 },
	{ 14, 1, &a, HP_CLASS_NONE, 6 },
	{ 14, 1, &unit_v, HP_CLASS_OWNER, 5 },
	/* a row for anybody is the more permissive one */
	{ 15, 0, &unit_v, HP_CLASS_NONE, 9 },
	{ 16, 0, &b, HP_CLASS_NONE, 10 },
	{ 16, 0, &unit_v, HP_CLASS_OWNER, 10 },
};

static void test_entries(void **state)
{
	static const struct hp_config config = { .mode = HP_MODE_ENFORCE,
						 .denies = BIT(OWNER) | POLICY_DENIES_DEFAULT };
	struct node_facts facts = all_told;
	struct made made;

	(void)state;
	facts.role = REG_ROLE_WORKER;
	made = make(entry_lists, facts);
	check_u64("all are checked", made.policy->owned.unchecked, 0);
	for (size_t i = 0; i < ARRAY_LEN(entry_cases); i++) {
		const struct hp_query q = { .port = entry_cases[i].port,
					    .scope = entry_cases[i].scope };
		struct hp_decision d =
			policy_decide_for(made.policy, &config, &q, entry_cases[i].who);
		char name[64];

		(void)snprintf(name, sizeof(name), "case %zu: port %u", i, q.port);
		check_int(name, d.cls, entry_cases[i].cls);
		check_u64(name, d.row, entry_cases[i].row);
		check_int(name, d.verdict,
			  d.cls == HP_CLASS_NONE ? HP_VERDICT_ALLOWED : HP_VERDICT_DENIED);
		check_int(name, policy_bitmap_allows(&made.policy->bitmap, &q), q.port == 15);
	}
	check_int("a pod that is known", owned_knows(&made.policy->owned, &a), true);
	check_int("a container that is known", owned_knows(&made.policy->owned, &bd), true);
	check_int("a container that is not", owned_knows(&made.policy->owned, &b), false);
	made_done(&made);
}

/* Of what can't be told, the entries hold for anybody. */
static void test_unchecked(void **state)
{
	static const char lists[] = "entries: [" ENTRY("10", U) "," ENTRY("12", POD_A) "," ENTRY(
		"16",
		", owners: [{unit: u.service}, {namespace: n}]}") "," ENTRY("17",
									    ", owners: [{exe: "
									    "/u}]}") "]";
	static const struct {
		bool units, pods;
		size_t unchecked;
		const char *sets;
	} cases[] = {
		{ false, false, 3, "0:17-17 " },
		{ true, false, 2, "0:10-10 0:17-17 " },
		{ false, true, 2, "0:12-12 0:17-17 " },
		{ true, true, 0, "0:10-10 0:12-12 0:16-16 0:17-17 " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_made_ struct made made =
			make(lists, (struct node_facts) { TODAY, .knows_units = cases[i].units,
							  .knows_pods = cases[i].pods });
		_cleanup_buf_ struct buf got = { 0 };

		put_sets(&made.policy->owned, &got);
		check_text("sets", got.data, cases[i].sets);
		check_u64("unchecked", made.policy->owned.unchecked, cases[i].unchecked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),	  cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_grants),	  cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_numbers),	  cmocka_unit_test(test_entries),
		cmocka_unit_test(test_unchecked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
