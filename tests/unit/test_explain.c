// SPDX-License-Identifier: MIT
#include "explain_cases.h"

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
		  "row t tcp 80 (p) allows it on any address to its owners",
		  "null" },
		{ "the pod",
		  { .namespace_ = "ns", .pod = "p-1", .container = "c" },
		  OWNER_YES,
		  "row t tcp 80 (p) allows it on any address; ns/p-1 (c) is one of its owners",
		  "true" },
		{ "another",
		  { .namespace_ = "ns", .pod = "q" },
		  OWNER_NO,
		  "row t tcp 80 (p) allows it on any address; ns/q is not one of its owners",
		  "false" },
		{ "half of it",
		  { .namespace_ = "ns", .pod = "p-1" },
		  OWNER_UNKNOWN,
		  "row t tcp 80 (p) allows it on any address; ns/p-1 may be one of its owners, "
		  "depending on what is not given",
		  "null" },
		{ "unit and program",
		  { .unit = "u.service", .exe = "/e" },
		  OWNER_NO,
		  "row t tcp 80 (p) allows it on any address; u.service /e is not one of its "
		  "owners",
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
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
