// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/base/cleanup.h"
#include "../../user/checks/finding.h"

static const struct rule items[] = {
	{ "a-note", SEVERITY_NOTE, NULL, "notes", "Help." },
	{ "a-warning", SEVERITY_WARNING, "R2", "warns", "Help." },
	{ "an-error", SEVERITY_ERROR, NULL, "errs", "Help." },
};
static const struct rules rules = { items, ARRAY_LEN(items) };

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		assert_ptr_equal(rules_find(&rules, items[i].id), &items[i]);
	assert_null(rules_find(&rules, "a-warn"));
	assert_null(rules_find(&rules, ""));
	assert_null(rules_find(&(struct rules) { 0 }, "a-note"));
}

static void test_members(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };
	struct finding *f = findings_add(&findings, &items[1], "f.yaml", 3, 4, "port %d", 80);
	char path[] = "$.a";

	(void)state;
	check_text("file", f->file, "f.yaml");
	check_text("message", f->message, "port 80");
	assert_null(f->path);
	assert_null(f->suggestion);
	assert_null(f->accepted);
	finding_set_port(f, 1, 80);
	finding_set_path(f, path);
	path[0] = 'X';
	check_text("path is a copy", f->path, "$.a");
	finding_suggest(f, "do %s", "this");
	finding_suggest(f, "do %s", "that");
	check_text("the last suggestion", f->suggestion, "do that");
	finding_accept(f, "known");
	check_text("reason", f->accepted, "known");
	check_int("port", f->port, 80);
	check_int("protocol", f->proto, 1);
}

/* Nothing is done to what was not kept. */
static void test_none(void **state)
{
	(void)state;
	finding_set_port(NULL, 1, 80);
	finding_set_path(NULL, "$");
	finding_suggest(NULL, "%s", "x");
	finding_accept(NULL, "x");
}

static void test_take_back(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	(void)findings_add(&findings, &items[0], "a", 1, 1, "first");
	finding_accept(findings_add(&findings, &items[0], "a", 1, 1, "second"), "known");
	findings_remove_last(&findings);
	check_int("left", (long long)findings.len, 1);
	check_text("the first", findings.items[0].message, "first");
	findings_remove_last(&findings);
	findings_remove_last(&findings);
	check_int("none", (long long)findings.len, 0);
}

static void test_counts(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	findings_add(&findings, &items[0], "f", 1, 1, "x");
	findings_add(&findings, &items[2], "f", 1, 1, "x");
	finding_accept(findings_add(&findings, &items[2], "f", 1, 1, "x"), "known");
	findings_add(&findings, &items[2], "f", 1, 1, "x");
	check_u64("notes", findings_count(&findings, SEVERITY_NOTE), 1);
	check_u64("warnings", findings_count(&findings, SEVERITY_WARNING), 0);
	check_u64("errors that are not accepted", findings_count(&findings, SEVERITY_ERROR), 2);
	check_u64("accepted", findings_accepted(&findings), 1);
}

static void test_sort(void **state)
{
	static const struct {
		const char *file;
		unsigned int line, column;
	} places[] = {
		{ "b", 1, 1 }, { "a", 10, 2 }, { "a", 9, 7 }, { "a", 10, 1 }, { "a", 9, 7 }
	};
	static const char *const want[] = { "2", "4", "3", "1", "0" };
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	findings_sort(&findings);
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		findings_add(&findings, &items[0], places[i].file, places[i].line, places[i].column,
			     "%zu", i);
	findings_sort(&findings);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		check_text("order", findings.items[i].message, want[i]);
}

static void test_bound(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	for (int i = 0; i < FINDINGS_MAX; i++)
		assert_non_null(findings_add(&findings, &items[0], "f", 1, 1, "x"));
	assert_null(findings_add(&findings, &items[0], "f", 1, 1, "x"));
	assert_null(findings_add(&findings, &items[0], "f", 1, 1, "x"));
	check_u64("kept", findings.len, FINDINGS_MAX);
	check_u64("left out", findings.left_out, 2);
	assert_false(findings.failed);
	findings_free(&findings);
	check_u64("empty", findings.len + findings.left_out, 0);
}

static void test_severities(void **state)
{
	(void)state;
	check_text("note", severity_word(SEVERITY_NOTE), "note");
	check_text("warning", severity_word(SEVERITY_WARNING), "warning");
	check_text("error", severity_word(SEVERITY_ERROR), "error");
	check_text("out of range", severity_word(SEVERITY_MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),	   cmocka_unit_test(test_members),
		cmocka_unit_test(test_none),	   cmocka_unit_test(test_counts),
		cmocka_unit_test(test_sort),	   cmocka_unit_test(test_bound),
		cmocka_unit_test(test_severities), cmocka_unit_test(test_take_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
