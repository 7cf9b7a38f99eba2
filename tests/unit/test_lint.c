// SPDX-License-Identifier: MIT
/* What `registry lint` makes of all rules together; each rule has a test of its own. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "nothing", { A("") }, "" },
	{ "by place, not by rule",
	  { A(GENERAL "exceptions: [{ports: 1, protocol: tcp, class: scope, until: 2020-01-01, "
		      "reason: r}]\n" LINES(TCP("40000", "") "\n" UDP("30000", ""))),
	    B(ENTRIES(TCP("40000", ""))) },
	  "1.yaml:4 expired-exception tcp 1\n"
	  "1.yaml:6 outside-documented-range tcp 40000\n1.yaml:6 in-ephemeral-range tcp 40000\n"
	  "1.yaml:7 outside-documented-range udp 30000\n1.yaml:7 in-nodeport-range udp 30000\n"
	  "2.yaml:3 outside-documented-range tcp 40000\n2.yaml:3 in-ephemeral-range tcp 40000\n"
	  "2.yaml:3 overlap tcp 40000\n" },
};

static void test_order(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_WARNING, put_lint);
}

static void test_severities(void **state)
{
	const char *const lists = "exceptions: [{ports: 1, protocol: tcp, class: scope, until: "
				  "2020-01-01, reason: r}]\n" ENTRIES(TCP("40000", ""));
	static const char *const want[] = {
		[SEVERITY_NOTE] = "t.yaml:3 expired-exception tcp 1\n"
				  "t.yaml:4 in-ephemeral-range tcp 40000\n"
				  "t.yaml:4 missing-team\nt.yaml:4 missing-since\n",
		[SEVERITY_WARNING] = "t.yaml:3 expired-exception tcp 1\n"
				     "t.yaml:4 in-ephemeral-range tcp 40000\n",
		[SEVERITY_ERROR] = "t.yaml:3 expired-exception tcp 1\n",
	};
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);

	(void)state;
	for (int s = 0; s < SEVERITY_MAX; s++) {
		struct lint_facts facts = lint_today;
		_cleanup_buf_ struct buf out = { 0 };

		facts.least = (enum severity)s;
		put_lint(reg, &facts, &out);
		check_text(severity_word(facts.least), out.data, want[s]);
	}
}

/* Findings are appended to those that are there, and all of them sorted. */
static void test_append(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists(ENTRIES(TCP("40000", "")));
	struct lint_facts facts = lint_today;
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	facts.least = SEVERITY_WARNING;
	(void)findings_add(&findings, lint_rule(LINT_OVERLAP), "u.yaml", 1, 1, "x");
	assert_int_equal(lint_registry(reg, &facts, &findings), 0);
	check_u64("findings", findings.len, 2);
	check_text("first", findings.items[0].file, "t.yaml");
	check_text("second", findings.items[1].file, "u.yaml");
}

/* Of too many findings the last rules' are left out: an ended exception is told all the same. */
static void test_too_many(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(
		"exceptions: [{ports: 1, protocol: tcp, class: scope, until: 2020-01-01, reason: "
		"r}]\n" ENTRIES(TCP("40000", "")));
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	for (size_t i = 0; i < FINDINGS_MAX - 1; i++)
		(void)findings_add(&findings, lint_rule(LINT_OVERLAP), "u.yaml", 1, 1, "x");
	assert_int_equal(lint_registry(reg, &lint_today, &findings), 0);
	check_u64("kept", findings.len, FINDINGS_MAX);
	check_u64("left out", findings.left_out, 3);
	check_text("the exception", findings.items[0].rule->id, "expired-exception");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_severities),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
