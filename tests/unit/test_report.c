// SPDX-License-Identifier: MIT
/* The forms of a report; tests/registry holds them against their published schemas. */
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "../../bpf/abi.h"
#include "../../user/base/json.h"
#include "../../user/formats/report.h"

#define HOSTILE	 "a\"<&>\x1b[31m\xff\xe2\x80\xae"
#define REPLACED "\xef\xbf\xbd"

static const struct rule items[] = {
	{ "a-note", SEVERITY_NOTE, NULL, "Notes", "Look at it." },
	{ "a-warning", SEVERITY_WARNING, "R2", "Warns", "Mend it." },
	{ "an-error", SEVERITY_ERROR, "R4", "Errs", "Mend it now." },
};
static const struct rules rules = { items, ARRAY_LEN(items) };
static const char *const files[] = { "a.yaml", "a b.yaml", "builtin:openshift" };

/* One of each severity, an accepted one, and a file that is not in the list. `shift` moves lines.
 */
static void fill(struct findings *findings, unsigned int shift)
{
	struct finding *f = findings_add(findings, &items[1], "a b.yaml", 3 + shift, 5, "port 80");

	finding_set_port(f, HP_PROTO_TCP, 80);
	finding_suggest(f, "move it");
	f = findings_add(findings, &items[1], "a b.yaml", 4 + shift, 5, "port 80 again");
	finding_set_port(f, HP_PROTO_TCP, 80);
	finding_accept(f, "known <since> May");
	f = findings_add(findings, &items[0], "builtin:openshift", 9 + shift, 1, "no since");
	finding_set_port(f, HP_PROTO_UDP, 53);
	f = findings_add(findings, &items[2], "/tmp/" HOSTILE, 0, 0, "%s", HOSTILE);
	finding_set_path(f, "$.x[\"" HOSTILE "\"]");
}

static void put(enum report_format format, const struct findings *findings, struct buf *out)
{
	const struct report report = {
		.tool = "hostportctl check",
		.rules = &rules,
		.findings = findings,
		.files = files,
		.files_len = ARRAY_LEN(files),
	};

	report_put(&report, format, out);
	assert_false(out->failed);
}

static void put_filled(enum report_format format, unsigned int shift, struct buf *out)
{
	_cleanup_findings_ struct findings findings = { 0 };

	fill(&findings, shift);
	put(format, &findings, out);
}

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

static void test_json(void **state)
{
	_cleanup_findings_ struct findings findings = { .left_out = 7 };
	_cleanup_buf_ struct buf out = { 0 };
	struct finding *f = findings_add(&findings, &items[1], "f", 3, 5, "m");

	(void)state;
	finding_set_port(f, HP_PROTO_TCP, 80);
	finding_set_path(f, "$");
	finding_suggest(f, "s");
	finding_accept(findings_add(&findings, &items[0], "f", 0, 0, "n"), "r");
	put(REPORT_JSON, &findings, &out);
	check_text("json", out.data,
		   "{\"findings\":[{\"rule\":\"a-warning\",\"severity\":\"warning\",\"message\":"
		   "\"m\",\"file\":\"f\",\"line\":3,\"column\":5,\"path\":\"$\",\"protocol\":"
		   "\"tcp\",\"port\":80,\"suggestion\":\"s\"}],\"accepted\":[{\"rule\":\"a-note\","
		   "\"severity\":\"note\",\"message\":\"n\",\"file\":\"f\",\"line\":null,"
		   "\"column\":null,\"path\":null,\"protocol\":null,\"port\":null,"
		   "\"suggestion\":null,\"reason\":\"r\"}],\"files\":3,\"left_out\":7}\n");
}

/* The document, and its run. */
static struct json *sarif_of(const struct findings *findings, const struct json **ret_run)
{
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 };
	struct json *document = NULL;

	put(REPORT_SARIF, findings, &out);
	if (json_parse(out.data, out.len, &err, &document) < 0)
		fail_msg("%s: %s", err.data, out.data);
	check_text("version", json_member_text(document, "version", ""), "2.1.0");
	check_u64("runs", json_len(json_member(document, "runs")), 1);
	*ret_run = json_at(json_member(document, "runs"), 0);
	return document;
}

static const struct json *member_of(const struct json *value, const char *const *keys)
{
	for (; *keys; keys++)
		value = json_is_list(value) ? json_at(value, strtoul(*keys, NULL, 10)) :
					      json_member(value, *keys);
	return value;
}
#define MEMBER(value, ...) member_of(value, (const char *const[]) { __VA_ARGS__, NULL })
#define TEXT(value, ...)   json_text(MEMBER(value, __VA_ARGS__), NULL)

static void test_sarif_rules(void **state)
{
	const struct findings none = { 0 };
	const struct json *run, *driver, *warning;
	_cleanup_(json_freep) struct json *document = sarif_of(&none, &run);

	(void)state;
	driver = MEMBER(run, "tool", "driver");
	check_text("name", TEXT(driver, "name"), "hostportctl");
	check_text("version", TEXT(driver, "version"), HOSTPORTD_VERSION);
	check_u64("rules", json_len(MEMBER(driver, "rules")), ARRAY_LEN(items));
	warning = MEMBER(driver, "rules", "1");
	check_text("id", TEXT(warning, "id"), "a-warning");
	check_text("short", TEXT(warning, "shortDescription", "text"), "Warns.");
	check_text("help", TEXT(warning, "help", "text"), "Mend it.");
	check_text("level", TEXT(warning, "defaultConfiguration", "level"), "warning");
	check_text("tag", TEXT(warning, "properties", "tags", "0"), "R2");
	assert_null(MEMBER(driver, "rules", "0", "properties"));
	check_text("id of the run", TEXT(run, "automationDetails", "id"), "hostportctl check/");
	assert_true(json_is_list(MEMBER(run, "results")));
	check_u64("results", json_len(MEMBER(run, "results")), 0);
	check_text("file", TEXT(run, "artifacts", "1", "location", "uri"), "a%20b.yaml");
	assert_null(MEMBER(run, "invocations", "0", "toolExecutionNotifications"));
}

static void test_sarif_results(void **state)
{
	_cleanup_findings_ struct findings findings = { .left_out = 7 };
	_cleanup_(json_freep) struct json *document = NULL;
	const struct json *run, *first, *second, *last;

	(void)state;
	fill(&findings, 0);
	document = sarif_of(&findings, &run);
	first = MEMBER(run, "results", "0");
	second = MEMBER(run, "results", "1");
	last = MEMBER(run, "results", "3");
	check_text("rule", TEXT(first, "ruleId"), "a-warning");
	check_u64("index", json_member_u64(first, "ruleIndex", 99), 1);
	check_text("level", TEXT(first, "level"), "warning");
	check_text("message", TEXT(first, "message", "text"), "port 80.\nmove it");
	first = MEMBER(first, "locations", "0", "physicalLocation");
	check_text("uri", TEXT(first, "artifactLocation", "uri"), "a%20b.yaml");
	check_u64("line", json_member_u64(MEMBER(first, "region"), "startLine", 0), 3);
	check_u64("column", json_member_u64(MEMBER(first, "region"), "startColumn", 0), 5);
	check_u64("not accepted", json_len(MEMBER(run, "results", "0", "suppressions")), 0);
	check_text("kind", TEXT(second, "suppressions", "0", "kind"), "inSource");
	check_text("reason", TEXT(second, "suppressions", "0", "justification"),
		   "known <since> May");
	check_text("builtin",
		   TEXT(run, "results", "2", "locations", "0", "physicalLocation",
			"artifactLocation", "uri"),
		   "builtin:openshift");
	last = MEMBER(last, "locations", "0");
	check_text("hostile uri", TEXT(last, "physicalLocation", "artifactLocation", "uri"),
		   "file:///tmp/a%22%3C%26%3E%1B%5B31m%FF%E2%80%AE");
	assert_null(MEMBER(last, "physicalLocation", "region"));
	check_text("path", TEXT(last, "logicalLocations", "0", "fullyQualifiedName"),
		   "$.x[\"a\"<&>\x1b[31m" REPLACED "\xe2\x80\xae\"]");
	check_text("left out",
		   TEXT(run, "invocations", "0", "toolExecutionNotifications", "0", "message",
			"text"),
		   "7 more findings are left out.");
}

/* A file's name with a colon is no scheme. */
static void test_sarif_colon(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_(json_freep) struct json *document = NULL;
	const struct json *run;

	(void)state;
	findings_add(&findings, &items[0], "javascript:x?y#z.yaml", 1, 0, "m");
	document = sarif_of(&findings, &run);
	run = MEMBER(run, "results", "0", "locations", "0", "physicalLocation");
	check_text("uri", TEXT(run, "artifactLocation", "uri"), "javascript%3Ax%3Fy%23z.yaml");
	check_u64("line", json_member_u64(MEMBER(run, "region"), "startLine", 0), 1);
	assert_null(MEMBER(run, "region", "startColumn"));
}

static const char *print_of(const struct json *run, const char *i)
{
	return TEXT(run, "results", i, "partialFingerprints", "hostportd/v1");
}

static void test_sarif_prints(void **state)
{
	_cleanup_findings_ struct findings at = { 0 }, later = { 0 }, other = { 0 };
	_cleanup_(json_freep) struct json *a = NULL, *b = NULL, *c = NULL;
	const struct json *run, *shifted, *changed;
	static const char *const each[] = { "0", "1", "2", "3" };

	(void)state;
	fill(&at, 0);
	fill(&later, 100);
	fill(&other, 0);
	other.items[0].port = 81;
	a = sarif_of(&at, &run);
	b = sarif_of(&later, &shifted);
	c = sarif_of(&other, &changed);
	for (size_t i = 0; i < ARRAY_LEN(each); i++) {
		check_text("shifted", print_of(shifted, each[i]), print_of(run, each[i]));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(print_of(run, each[j]), print_of(run, each[i]));
	}
	assert_string_not_equal(print_of(changed, "0"), print_of(run, "0"));
	check_text("the same kind", strchr(print_of(run, "1"), ':'), ":2");
	check_text("now the first", strchr(print_of(changed, "1"), ':'), ":1");
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	       cmocka_unit_test(test_text_left_out),
		cmocka_unit_test(test_json),	       cmocka_unit_test(test_sarif_rules),
		cmocka_unit_test(test_sarif_results),  cmocka_unit_test(test_sarif_colon),
		cmocka_unit_test(test_sarif_prints),   cmocka_unit_test(test_junit),
		cmocka_unit_test(test_junit_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
