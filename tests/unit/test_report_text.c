// SPDX-License-Identifier: MIT
/* A report for people. */
#include "report_cases.h"

static void test_text(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	put_filled(REPORT_TEXT, 0, &out);
	check_text("text", out.data,
		   "a b.yaml:3:5: warning: port 80 [a-warning]\n"
		   "    move it\n"
		   "builtin:openshift:9:1: note: no since [a-note]\n"
		   "/tmp/a\"<&>\\x1b[31m\\xff\\xe2\\x80\\xae: error: "
		   "a\"<&>\\x1b[31m\\xff\\xe2\\x80\\xae [an-error]\n"
		   "1 error, 1 warning, 1 note, 1 accepted, in 3 files\n");
}

static void test_text_left_out(void **state)
{
	struct findings findings = { .left_out = 7 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	put(REPORT_TEXT, &findings, &out);
	check_text("text", out.data,
		   "0 errors, 0 warnings, 0 notes, 0 accepted, in 3 files;"
		   " 7 more findings are left out\n");
}

/* One of a kind is one, several are several. */
static void test_counts(void **state)
{
	static const char *const one[] = { "f" };
	_cleanup_findings_ struct findings findings = { 0 };
	const struct report report = {
		.tool = "t",
		.rules = &rules,
		.findings = &findings,
		.files = one,
		.files_len = 1,
	};
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		findings_add(&findings, &items[0], "f", 0, 0, "m");
		findings_add(&findings, &items[2], "f", 1, 0, "m");
	}
	report_text(&report, &out);
	check_text("text", out.data,
		   "f: note: m [a-note]\nf:1:0: error: m [an-error]\nf: note: m [a-note]\n"
		   "f:1:0: error: m [an-error]\n2 errors, 0 warnings, 2 notes, 0 accepted, in 1 "
		   "file\n");
}

/* What a suggestion has of a terminal's is shown as well. */
static void test_hostile_suggestion(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	finding_suggest(findings_add(&findings, &items[0], "f", 0, 0, "m"), "%s", HOSTILE);
	put(REPORT_TEXT, &findings, &out);
	check_text("text", out.data,
		   "f: note: m [a-note]\n    a\"<&>\\x1b[31m\\xff\\xe2\\x80\\xae\n"
		   "0 errors, 0 warnings, 1 note, 0 accepted, in 3 files\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_left_out),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_hostile_suggestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
