// SPDX-License-Identifier: MIT
#include "explain_cases.h"

#define UNTIL(c, day) "{ports: 80, protocol: tcp, class: " c ", reason: r, until: " day "}"

static const struct why_case why_cases[] = {
	/* The kernel chooses. */
	{ "entries: []", CONFIG(UNSET, 0), NODE, ASK(0, EXTERNAL), NULL, HP_VERDICT_ALLOWED,
	  "port 0 lets the kernel choose, which is only counted; no policy is in force yet", NULL },
	{ "entries: []", CONFIG(ENFORCE, DENY_ALL), NODE, ASK(0, EXTERNAL), NULL, HP_VERDICT_DENIED,
	  "port 0 lets the kernel choose; denied", NULL },
	{ "entries: []", CONFIG(AUDIT, DENY_ALL), NODE, ASK(0, EXTERNAL), NULL, HP_VERDICT_AUDITED,
	  "port 0 lets the kernel choose; audit mode only reports it", NULL },

	/* Facts of the node that are not known, or are zero in one part. */
	{ ENTRY(", since: '4.20', role: control-plane, platforms: [gcp]"),
	  CONFIG(ENFORCE, DENY_ALL), FACTS(ANY, NULL, 0, 0), ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_ALLOWED, "row t tcp 80-90 (p) allows it on any address",
	  "3+ allows it on any address\n" },
	{ RETIRED, CONFIG(ENFORCE, DENY_ALL), FACTS(ANY, NULL, 5, 0), ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_DENIED,
	  "row t tcp 80 (q) was removed in 4.11, and this cluster is 5.0; denied",
	  "3- was removed in 4.11, and this cluster is 5.0\n" },
	{ ENTRY(", since: '4.20'"), CONFIG(ENFORCE, DENY_ALL), FACTS(ANY, NULL, 0, 9),
	  ASK(80, EXTERNAL), NULL, HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) exists since 4.20, and this cluster is 0.9; denied",
	  "3- exists since 4.20, and this cluster is 0.9\n" },
	{ ENTRY(", role: control-plane, platforms: [gcp]"), CONFIG(ENFORCE, DENY_ALL),
	  FACTS(CONTROL_PLANE, "aws", 0, 0), ASK(80, EXTERNAL), NULL, HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) is for platform gcp, and this is aws; denied",
	  "3- is for platform gcp, and this is aws\n" },
	{ ENTRY(", platforms: [gcp]"), CONFIG(ENFORCE, DENY_ALL), FACTS(WORKER, "aws", 0, 0),
	  ASK(80, EXTERNAL), NULL, HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) is for platform gcp, and this is aws; denied",
	  "3- is for platform gcp, and this is aws\n" },
	{ ENTRY(", role: control-plane, platforms: [gcp]"), CONFIG(ENFORCE, DENY_ALL),
	  FACTS(ANY, "aws", 0, 0), ASK(80, EXTERNAL), NULL, HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) is for platform gcp, and this is aws; denied",
	  "3- is for platform gcp, and this is aws\n" },

	/* Of several exceptions the one that ends last is named. */
	{ "exceptions: [" UNTIL("unregistered", "2027-04-01") "," UNTIL(
		  "unregistered",
		  "2027-05-01") "," UNTIL("unregistered",
					  "2027-04-30") "," UNTIL("scope", "2028-01-01") "]\n",
	  CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_EXCEPTED,
	  "no row names tcp 80; an exception lets it through until 2027-05-01 (t.yaml:3)",
	  "3+ is an exception for class unregistered until 2027-04-01\n"
	  "3+ is an exception for class unregistered until 2027-05-01\n"
	  "3+ is an exception for class unregistered until 2027-04-30\n"
	  "3+ is an exception for class scope until 2028-01-01\n" },
	{ "exceptions:\n- " UNTIL("unregistered", "2027-04-01") "\n- " UNTIL("unregistered",
									     "2027-04-01") "\n",
	  CONFIG(AUDIT, 0), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_EXCEPTED,
	  "no row names tcp 80; an exception lets it through until 2027-04-01 (t.yaml:4)",
	  "4+ is an exception for class unregistered until 2027-04-01\n"
	  "5+ is an exception for class unregistered until 2027-04-01\n" },

	/* A row allows it, but the pod does not declare it. */
	{ ENTRY(""),
	  CONFIG(ENFORCE, DENY_ALL),
	  NODE,
	  { .port = 80, .scope = HP_SCOPE_EXTERNAL, .grants = HP_GRANTS_UNDECLARED },
	  NULL,
	  HP_VERDICT_DENIED,
	  "row t tcp 80-90 (p) allows it on any address; the pod does not declare the port; denied",
	  "3+ allows it on any address\n" },

	{ ENTRY(", essential: true"),
	  CONFIG(ENFORCE, DENY_ALL),
	  NODE,
	  { .port = 80, .scope = HP_SCOPE_EXTERNAL, .grants = HP_GRANTS_UNDECLARED },
	  NULL,
	  HP_VERDICT_AUDITED,
	  "row t tcp 80-90 (p) allows it on any address; the pod does not declare the port; an"
	  " essential row is only reported",
	  "3+ allows it on any address\n" },

	/* Rows beside the port, and of other protocols, are not named. */
	{ "entries: [{ports: 79, protocol: tcp, process: p}, {ports: 81-90, protocol: tcp, "
	  "process: p}, "
	  "{ports: 80, protocol: udp, process: p}]\n",
	  CONFIG(ENFORCE, 0), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_AUDITED,
	  "no row names tcp 80; class unregistered is not denied here, only reported", NULL },
	{ "entries: [{ports: 70-80, protocol: tcp, process: p}, {ports: 80-81, protocol: tcp, "
	  "process: q}]\n",
	  CONFIG(ENFORCE, 0), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_ALLOWED,
	  "row t tcp 80-81 (q) allows it on any address",
	  "3+ allows it on any address\n3+ allows it on any address\n" },
	{ ENTRY(""), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL, HP_VERDICT_ALLOWED,
	  "row t tcp 80-90 (p) allows it on any address", "3+ allows it on any address\n" },
	{ ENTRY(", owners: [{unit: u}]"), CONFIG(ENFORCE, DENY_ALL), NODE, ASK(80, EXTERNAL), NULL,
	  HP_VERDICT_ALLOWED, "row t tcp 80-90 (p) allows it on any address to its owners",
	  "3+ allows it on any address to its owners\n" },
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
	  "3- is an exception for class unregistered until 2028-01-01, for its owners alone\n" },
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

/* How the process is named, as far as it is known. */
static void test_process(void **state)
{
	static const struct {
		struct owner_of who;
		const char *said;
	} cases[] = {
		{ { .namespace_ = "ns" }, "ns/?" },
		{ { .pod = "p" }, "?/p" },
		{ { .namespace_ = "ns", .pod = "p" }, "ns/p" },
		{ { .container = "c" }, " (c)" },
		{ { .namespace_ = "ns", .container = "c" }, "ns/? (c)" },
		{ { .unit = "u" }, "u" },
		{ { .exe = "/e" }, "/e" },
		{ { .unit = "u", .exe = "/e" }, "u /e" },
		{ { .namespace_ = "ns", .exe = "/e" }, "ns/? /e" },
		{ { .pod = "p", .container = "c", .exe = "/e" }, "?/p (c) /e" },
	};
	const struct why_case c = {
		.lists = ENTRY(", owners: [{exe: /other}]"),
		.config = CONFIG(ENFORCE, DENY_ALL),
		.facts = NODE,
		.query = ASK(80, EXTERNAL),
	};
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c.lists);
	_cleanup_(policy_freep) struct policy *policy = NULL;

	(void)state;
	assert_int_equal(policy_build(reg, &c.facts, &policy), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(explanation_freep) struct explanation *e =
			explanation_for(reg, policy, &c, cases[i].who);
		_cleanup_buf_ struct buf want = { 0 };

		buf_printf(&want, "%s; %s %s",
			   cases[i].who.exe ? "is for its owners alone" :
					      "allows it on any address",
			   cases[i].said,
			   cases[i].who.exe ?
				   "is not one of its owners" :
				   "may be one of its owners, depending on what is not given");
		check_text(cases[i].said, e->rows[0].why, want.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
