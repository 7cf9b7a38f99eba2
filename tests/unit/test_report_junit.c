// SPDX-License-Identifier: MIT
/* A report in JUnit's form; tests/registry holds it against the published schema. */
#include "report_cases.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static void test_junit(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	fill(&findings, 0);
	findings_sort(&findings);
	put(REPORT_JUNIT, &findings, &out);
	check_text(
		"junit", out.data,
		XML
		"<testsuites name=\"hostportctl check\" tests=\"5\" failures=\"2\" errors=\"0\">\n"
		"  <testsuite name=\"a.yaml\" tests=\"1\" failures=\"0\" errors=\"0\""
		" skipped=\"0\">\n"
		"    <testcase name=\"no findings\" classname=\"a.yaml\"/>\n"
		"  </testsuite>\n"
		"  <testsuite name=\"a b.yaml\" tests=\"2\" failures=\"1\" errors=\"0\""
		" skipped=\"1\">\n"
		"    <testcase name=\"a-warning tcp 80\" classname=\"a b.yaml\"><failure"
		" type=\"a-warning\" message=\"port 80\">a b.yaml:3:5: warning: port 80\nmove"
		" it</failure></testcase>\n"
		"    <testcase name=\"a-warning tcp 80\" classname=\"a b.yaml\"><skipped>known"
		" &lt;since&gt; May</skipped><system-out>a b.yaml:4:5: warning: port 80 again"
		"</system-out></testcase>\n"
		"  </testsuite>\n"
		"  <testsuite name=\"builtin:openshift\" tests=\"1\" failures=\"0\" errors=\"0\""
		" skipped=\"0\">\n"
		"    <testcase name=\"a-note udp 53\" classname=\"builtin:openshift\"><system-out>"
		"builtin:openshift:9:1: note: no since</system-out></testcase>\n"
		"  </testsuite>\n"
#define ODD "a&quot;&lt;&amp;&gt;" REPLACED "[31m" REPLACED "&#x202e;"
		"  <testsuite name=\"/tmp/" ODD "\" tests=\"1\" failures=\"1\" errors=\"0\""
		" skipped=\"0\">\n"
		"    <testcase name=\"an-error $.x[&quot;" ODD "&quot;]\" classname=\"/tmp/" ODD
		"\"><failure type=\"an-error\" message=\"" ODD "\">/tmp/" ODD ": error: " ODD
		"</failure></testcase>\n"
		"  </testsuite>\n"
		"</testsuites>\n");
}

/* Nothing is lost that has no file, no port and no path, or did not fit. */
static void test_junit_left_out(void **state)
{
	_cleanup_findings_ struct findings findings = { .left_out = 7 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	findings_add(&findings, &items[0], "zzz", 4, 2, "m");
	put(REPORT_JUNIT, &findings, &out);
	assert_non_null(
		strstr(out.data, " tests=\"5\" failures=\"1\" errors=\"0\">\n  <testsuite "));
	assert_non_null(strstr(out.data, "<testcase name=\"a-note 4:2\" classname=\"zzz\">"));
	assert_non_null(strstr(out.data, "message=\"7 more findings are left out\"/>"));
}

/* A file that was looked at twice has one suite; findings of other files come behind, once each. */
static void test_files(void **state)
{
	static const char *const names[] = { "b", "d", "b", "a" };
	_cleanup_findings_ struct findings findings = { 0 };
	const struct report report = {
		.tool = "t",
		.rules = &rules,
		.findings = &findings,
		.files = names,
		.files_len = ARRAY_LEN(names),
	};
	static const char *const order[] = { "b", "d", "a", "c", "e" };
	_cleanup_buf_ struct buf out = { 0 };
	const char *at;

	(void)state;
	findings_add(&findings, &items[0], "e", 1, 1, "m");
	findings_add(&findings, &items[1], "c", 1, 1, "m");
	findings_add(&findings, &items[1], "c", 2, 1, "m");
	findings_add(&findings, &items[2], "b", 1, 1, "m");
	findings_add(&findings, &items[2], "a", 1, 1, "m");
	findings_sort(&findings);
	report_junit(&report, &out);
	at = out.data;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		_cleanup_buf_ struct buf suite = { 0 };

		buf_printf(&suite, "  <testsuite name=\"%s\" ", order[i]);
		at = strstr(at, suite.data);
		if (!at)
			fail_msg("%s is not next: %s", order[i], out.data);
		at += suite.len;
		assert_null(strstr(at, suite.data));
	}
	assert_non_null(strstr(out.data, "<testsuites name=\"t\" tests=\"6\" failures=\"4\" "));
	assert_non_null(strstr(out.data, "<testsuite name=\"c\" tests=\"2\" failures=\"2\" "));
}

static void test_nothing(void **state)
{
	const struct findings none = { 0 };
	const struct report report = { .tool = "t", .rules = &rules, .findings = &none };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	report_junit(&report, &out);
	check_text("junit", out.data,
		   XML "<testsuites name=\"t\" tests=\"0\" failures=\"0\" errors=\"0\">\n"
		       "</testsuites>\n");
}

/* What is accepted does not fail, a note neither; a warning and an error do. */
static void test_outcomes(void **state)
{
	static const struct {
		size_t rule;
		const char *accepted, *want;
	} outcomes[] = {
		{ 0, NULL, "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\"" },
		{ 1, NULL, "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\"" },
		{ 2, NULL, "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\"" },
		{ 0, "r", "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\"" },
		{ 2, "r", "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf out = { 0 }, suite = { 0 };
		struct finding *f =
			findings_add(&findings, &items[outcomes[i].rule], "x", 0, 0, "m");

		if (outcomes[i].accepted)
			finding_accept(f, outcomes[i].accepted);
		put(REPORT_JUNIT, &findings, &out);
		buf_printf(&suite, "<testsuite name=\"x\" %s>\n    <testcase name=\"%s\" ",
			   outcomes[i].want, items[outcomes[i].rule].id);
		if (!strstr(out.data, suite.data))
			fail_msg("%s\nis not in: %s", suite.data, out.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_junit),	 cmocka_unit_test(test_junit_left_out),
		cmocka_unit_test(test_files),	 cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_outcomes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
