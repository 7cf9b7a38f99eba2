// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/policy/explain.h"
#include "registry_cases.h"

#define DENY_ALL 0xffU

struct why_case {
	const char *lists;
	struct hp_config config;
	struct node_facts facts;
	struct hp_query query;
	const char *address;
	uint8_t verdict;
	const char *why;
	const char *rows; /* what is said of each row, by line */
};

#define CONFIG(m, d)                                                                               \
	{                                                                                          \
		.mode = HP_MODE_##m, .denies = d                                                   \
	}
#define FACTS(r, p, major, minor)                                                                  \
	{                                                                                          \
		.role = REG_ROLE_##r, .platform = p, .cluster = { major, minor }, .today = {       \
			2027,                                                                      \
			3,                                                                         \
			31                                                                         \
		}                                                                                  \
	}
#define NODE FACTS(WORKER, "aws", 4, 18)
#define ASK(n, s)                                                                                  \
	{                                                                                          \
		.proto = HP_PROTO_TCP, .scope = HP_SCOPE_##s, .port = n                            \
	}
#define KERNEL(n)                                                                                  \
	{                                                                                          \
		.proto = HP_PROTO_TCP, .port = n, .kernel_socket = 1                               \
	}

#define ENTRY(keys) "entries: [{ports: 80-90, protocol: tcp, process: p" keys "}]\n"
#define RETIRED	    "retired: [{ports: 80, protocol: tcp, process: q, removed: '4.11'}]\n"
#define EXCEPTION(c, keys)                                                                         \
	"exceptions: [{ports: 80, protocol: tcp, class: " c ", reason: r" keys "}]\n"

static const struct why_case why_cases[] = {
	{ ENTRY(""), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_ALLOWED,
	  "row t tcp 80-90 (p) allows it on any address", "3+ allows it on any address\n" },
	{ ENTRY(", owners: [{unit: u}]"), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_ALLOWED,
	  "row t tcp 80-90 (p) allows it on any address (to any process: owners are not checked)",
	  "3+ allows it on any address (to any process: owners are not checked)\n" },
	{ ENTRY(", scope: localhost"), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, LOCALHOST), "::1",
	  HP_VERDICT_ALLOWED, "row t tcp 80-90 (p) allows it on loopback",
	  "3+ allows it on loopback\n" },
	{ ENTRY(", scope: localhost"), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL),
	  "0.0.0.0", HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) is for localhost only, and 0.0.0.0 is not loopback; denied",
	  "3- is for localhost only, and 0.0.0.0 is not loopback\n" },
	{ ENTRY(", scope: localhost"), CONFIG(AUDIT, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_AUDITED,
	  "row t tcp 80-90 (p) is for localhost only, and an external address is not loopback; "
	  "audit "
	  "mode only reports it",
	  "3- is for localhost only, and an external address is not loopback\n" },
	{ "entries: []", CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_DENIED, "no row names tcp 80; denied", NULL },
	{ "entries: []", CONFIG(ENFORCE, 0), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_AUDITED,
	  "no row names tcp 80; class unregistered is not denied here, only reported", NULL },
	{ "entries: []", CONFIG(ENFORCE, DENY_ALL), NODE, KERNEL(80), NULL, HP_VERDICT_AUDITED,
	  "no row names tcp 80; a kernel socket is only reported", NULL },
	{ "entries: []", CONFIG(UNSET, 0), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_ALLOWED,
	  "no row names tcp 80; no policy is in force yet", NULL },
	{ "entries: []", CONFIG(AUDIT, 0), NODE, ASK(0, EXTERNAL), NULL, HP_VERDICT_ALLOWED,
	  "port 0 lets the kernel choose, which is only counted", NULL },
	{ RETIRED, CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_DENIED,
	  "row t tcp 80 (q) was removed in 4.11, and this cluster is 4.18; denied",
	  "3- was removed in 4.11, and this cluster is 4.18\n" },
	{ RETIRED, CONFIG(ENFORCE, DENY_ALL), FACTS(ANY, NULL, 0, 0), ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_DENIED,
	  "row t tcp 80 (q) was removed in 4.11, and the cluster's version is not stated; denied",
	  "3- was removed in 4.11, and the cluster's version is not stated\n" },
	{ RETIRED, CONFIG(ENFORCE, DENY_ALL), FACTS(ANY, NULL, 4, 10), ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_ALLOWED, "row t tcp 80 (q) allows it on any address",
	  "3+ allows it on any address\n" },
	{ ENTRY(", since: '4.20'"), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) exists since 4.20, and this cluster is 4.18; denied",
	  "3- exists since 4.20, and this cluster is 4.18\n" },
	{ ENTRY(", role: control-plane"), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) is for control-plane nodes, and this is a worker node; denied",
	  "3- is for control-plane nodes, and this is a worker node\n" },
	{ ENTRY(", platforms: [gcp, azure]"), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL),
	  NULL, HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) is for platform gcp, azure, and this is aws; denied",
	  "3- is for platform gcp, azure, and this is aws\n" },
	{ EXCEPTION("unregistered", ", until: 2027-03-31"), CONFIG(ENFORCE, DENY_ALL), NODE,
	  ASK(80, EXTERNAL), NULL, HP_VERDICT_EXCEPTED,
	  "no row names tcp 80; an exception lets it through until 2027-03-31 (t.yaml:3)",
	  "3+ is an exception for class unregistered until 2027-03-31\n" },
	{ EXCEPTION("unregistered", ", until: 2027-03-30"), CONFIG(ENFORCE, DENY_ALL), NODE,
	  ASK(80, EXTERNAL), NULL, HP_VERDICT_DENIED, "no row names tcp 80; denied",
	  "3- is an exception for class unregistered until 2027-03-30, which has ended\n" },
	{ EXCEPTION("unregistered", ", until: 2028-01-01, owners: [{unit: u}]"),
	  CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_DENIED,
	  "no row names tcp 80; denied",
	  "3- is an exception for class unregistered until 2028-01-01 for its owners; owners are "
	  "not checked, so it is not applied\n" },
	{ EXCEPTION("ephemeral", ", until: 2028-01-01"), CONFIG(ENFORCE, DENY_ALL), NODE,
	  ASK(80, EXTERNAL), NULL, HP_VERDICT_DENIED, "no row names tcp 80; denied",
	  "3- is an exception for class ephemeral until 2028-01-01, which never applies: "
	  "at bind() the kernel has not chosen the port yet\n" },
	{ "ranges: [{ports: 1-100, protocol: tcp}]\n" ENTRY("") RETIRED, CONFIG(AUDIT, 0), NODE,
	  ASK(80, EXTERNAL), NULL, HP_VERDICT_ALLOWED,
	  "row t tcp 80-90 (p) allows it on any address",
	  "4+ allows it on any address\n"
	  "5- was removed in 4.11, and this cluster is 4.18\n"
	  "3+ is a documented range, which has no effect\n" },
	{ ENTRY("") RETIRED, CONFIG(AUDIT, 0), NODE, ASK(91, EXTERNAL), NULL, HP_VERDICT_AUDITED,
	  "no row names tcp 91; audit mode only reports it", NULL },
};

static struct explanation *explanation_for(const struct registry *reg, const struct policy *policy,
					   const struct why_case *c, struct owner_of who)
{
	const struct explain_input input = {
		.registry = reg,
		.policy = policy,
		.facts = &c->facts,
		.config = &c->config,
		.query = c->query,
		.address = c->address,
		.who = who,
	};
	struct explanation *e = NULL;

	assert_int_equal(explain(&input, &e), 0);
	return e;
}

static struct explanation *explanation_of(const struct registry *reg, const struct policy *policy,
					  const struct why_case *c)
{
	return explanation_for(reg, policy, c, (struct owner_of) { 0 });
}

static void check_why(const struct why_case *c)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->lists);
	_cleanup_(explanation_freep) struct explanation *e = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_buf_ struct buf rows = { 0 };

	assert_int_equal(policy_build(reg, &c->facts, &policy), 0);
	e = explanation_of(reg, policy, c);
	check_text(c->lists, e->why, c->why);
	check_int(c->why, e->decision.verdict, c->verdict);
	check_int(c->why, e->entry != NULL, e->decision.row != HP_NO_ROW);
	for (size_t i = 0; i < e->rows_len; i++)
		buf_printf(&rows, "%u%c %s\n", e->rows[i].row->line, e->rows[i].holds ? '+' : '-',
			   e->rows[i].why);
	check_text(c->why, rows.data, c->rows);
}

static void test_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(why_cases); i++)
		check_why(&why_cases[i]);
}

static const struct why_case shown = {
	.lists = "entries: [{ports: 80, protocol: tcp, process: \"p\\e\", scope: localhost}]\n",
	.config = CONFIG(ENFORCE, DENY_ALL),
	.facts = NODE,
	.query = ASK(80, EXTERNAL),
	.address = "0.0.0.0",
};

static const struct why_case unknown = {
	.lists = "entries: []\n",
	.config = CONFIG(AUDIT, DENY_ALL),
	.facts = NODE,
	.query = ASK(80, LOCALHOST),
};

static void check_forms(const struct why_case *c, const char *text, const char *json)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->lists);
	_cleanup_(explanation_freep) struct explanation *e = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	assert_int_equal(policy_build(reg, &c->facts, &policy), 0);
	e = explanation_of(reg, policy, c);
	explain_text(e, &out);
	check_text("text", out.data, text);
	buf_reset(&out);
	explain_json(e, &w);
	check_text("json", out.data, json);
}

#define ROW                                                                                        \
	"{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":80,\"protocol\":\"tcp\","        \
	"\"scope\":\"localhost\",\"process\":\"p\\u001b\",\"role\":\"any\""

static void test_forms(void **state)
{
	(void)state;
	check_forms(&shown,
		    "tcp 80 on 0.0.0.0: denied (scope)\n"
		    "because row t tcp 80 (p\\x1b) is for localhost only, and 0.0.0.0 is not "
		    "loopback; denied\n"
		    "rows that name the port:\n"
		    "  t.yaml:3: entry t tcp 80 (p\\x1b) is for localhost only, and 0.0.0.0 is not "
		    "loopback\n",
		    "{\"protocol\":\"tcp\",\"port\":80,\"address\":\"0.0.0.0\","
		    "\"verdict\":\"denied\",\"class\":\"scope\",\"entry\":" ROW "},\"rows\":[" ROW
		    ",\"holds\":false,\"owner\":null,\"why\":\"is for localhost only, and 0.0.0.0 "
		    "is not "
		    "loopback\"}],\"why\":\"row t tcp 80 (p\\u001b) is for localhost only, and "
		    "0.0.0.0 is not loopback; denied\"}");
	check_forms(&unknown,
		    "tcp 80 on localhost: audited (unregistered)\n"
		    "because no row names tcp 80; audit mode only reports it\n",
		    "{\"protocol\":\"tcp\",\"port\":80,\"address\":null,"
		    "\"verdict\":\"audited\",\"class\":\"unregistered\",\"entry\":null,\"rows\":[],"
		    "\"why\":\"no row names tcp 80; audit mode only reports it\"}");
}

/* Who asks changes nothing but what is said of the rows that name owners. */
static void test_owners(void **state)
{
	static const struct {
		const char *name;
		struct owner_of who;
		enum owner_answer answer;
		const char *said, *json;
	} cases[] = {
		{ "nobody",
		  { 0 },
		  OWNER_NOT_ASKED,
		  "row t tcp 80 (p) allows it on any address (to any process: owners are not "
		  "checked)",
		  "null" },
		{ "the pod",
		  { .namespace_ = "ns", .pod = "p-1", .container = "c" },
		  OWNER_YES,
		  "row t tcp 80 (p) allows it on any address; ns/p-1 (c) is one of its owners; "
		  "this version does not check owners",
		  "true" },
		{ "another",
		  { .namespace_ = "ns", .pod = "q" },
		  OWNER_NO,
		  "row t tcp 80 (p) allows it on any address; ns/q is not one of its owners; "
		  "this version does not check owners",
		  "false" },
		{ "half of it",
		  { .namespace_ = "ns", .pod = "p-1" },
		  OWNER_UNKNOWN,
		  "row t tcp 80 (p) allows it on any address; ns/p-1 may be one of its owners, "
		  "depending on what is not given; this version does not check owners",
		  "null" },
		{ "unit and program",
		  { .unit = "u.service", .exe = "/e" },
		  OWNER_NO,
		  "row t tcp 80 (p) allows it on any address; u.service /e is not one of its "
		  "owners; this version does not check owners",
		  "false" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct why_case c = {
			.lists =
				"entries: [{ports: 80, protocol: tcp, process: p,"
				" owners: [{pod: p-*, container: c}]}]\n"
				"retired: [{ports: 80, protocol: tcp, process: q, removed: '4.1'}]",
			.config = CONFIG(ENFORCE, DENY_ALL),
			.facts = NODE,
			.query = ASK(80, EXTERNAL),
		};
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c.lists);
		_cleanup_(explanation_freep) struct explanation *e = NULL;
		_cleanup_(policy_freep) struct policy *policy = NULL;
		_cleanup_buf_ struct buf json = { 0 }, want = { 0 };
		struct jsonw w = { .out = &json };

		assert_int_equal(policy_build(reg, &c.facts, &policy), 0);
		e = explanation_for(reg, policy, &c, cases[i].who);
		check_int(cases[i].name, e->decision.verdict, HP_VERDICT_ALLOWED);
		check_int(cases[i].name, e->rows[0].owner, cases[i].answer);
		check_int("without owners", e->rows[1].owner, OWNER_NOT_ASKED);
		check_text(cases[i].name, e->why, cases[i].said);
		explain_json(e, &w);
		buf_printf(&want, "\"holds\":true,\"owner\":%s,\"why\"", cases[i].json);
		check_int(cases[i].name, strstr(json.data, want.data) != NULL, true);
	}
}

static void test_dropped(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 80, protocol: tcp, process: p}]}",
		"{version: 1, name: b, drop: [{ports: 80, protocol: tcp, reason: a typing error}]}",
	};
	const struct why_case c = {
		.config = CONFIG(AUDIT, 0),
		.facts = NODE,
		.query = ASK(80, EXTERNAL),
	};
	_cleanup_(explanation_freep) struct explanation *e = NULL;
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	assert_int_equal(policy_build(reg, &c.facts, &policy), 0);
	e = explanation_of(reg, policy, &c);
	check_int("rows", (long long)e->rows_len, 2);
	check_text("dropped", e->rows[0].why, "was dropped by a later layer");
	check_int("dropped", e->rows[0].holds, false);
	check_text("drop", e->rows[1].why, "drops earlier rows: a typing error");
	check_text("why", e->why, "no row names tcp 80; audit mode only reports it");
}

/* What is accepted of `registry lint` says nothing of a bind. */
static void test_accepts(void **state)
{
	const struct why_case c = {
		.config = CONFIG(ENFORCE, DENY_ALL),
		.facts = NODE,
		.query = ASK(80, EXTERNAL),
	};
	_cleanup_(explanation_freep) struct explanation *e = NULL;
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists("accept: [{rule: overlap, reason: r, ports: 80, protocol: tcp}]");
	_cleanup_(policy_freep) struct policy *policy = NULL;

	(void)state;
	assert_true(registry_empty(reg));
	assert_int_equal(policy_build(reg, &c.facts, &policy), 0);
	check_int("policy", (long long)policy->len, 0);
	e = explanation_of(reg, policy, &c);
	check_int("rows", (long long)e->rows_len, 0);
	check_text("why", e->why, "no row names tcp 80; denied");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_why),	cmocka_unit_test(test_forms),
		cmocka_unit_test(test_dropped), cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
