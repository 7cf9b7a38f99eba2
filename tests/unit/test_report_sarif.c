// SPDX-License-Identifier: MIT
/* A report in SARIF; tests/registry holds it against the published schema. */
#include "report_cases.h"

#include "../../user/base/json.h"

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

/* The whole of a small document: members that no other test asks for are there, too. */
static void test_whole(void **state)
{
	static const char *const one[] = { "f" };
	static const struct rule rule = { "r", SEVERITY_ERROR, NULL, "S", "H." };
	static const struct rules only = { &rule, 1 };
	_cleanup_findings_ struct findings findings = { 0 };
	const struct report report = {
		.tool = "t",
		.rules = &only,
		.findings = &findings,
		.files = one,
		.files_len = 1,
	};
	_cleanup_buf_ struct buf out = { 0 };
	char *print;

	(void)state;
	findings_add(&findings, &rule, "f", 0, 0, "m");
	report_sarif(&report, &out);
	print = strstr(out.data, "\"hostportd/v1\":\"");
	assert_non_null(print);
	memset(print + strlen("\"hostportd/v1\":\""), '0', 16);
	check_text("sarif", out.data,
		   "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
		   "schemas/sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{"
		   "\"driver\":{\"name\":\"hostportctl\",\"version\":\"" HOSTPORTD_VERSION
		   "\",\"rules\":[{\"id\":\"r\",\"shortDescription\":{\"text\":\"S.\"},"
		   "\"fullDescription\":{\"text\":\"H.\"},\"help\":{\"text\":\"H.\"},"
		   "\"defaultConfiguration\":{\"level\":\"error\"}}]}},\"automationDetails\":{"
		   "\"id\":\"t/\"},\"invocations\":[{\"executionSuccessful\":true}],"
		   "\"columnKind\":\"unicodeCodePoints\",\"artifacts\":[{\"location\":{\"uri\":"
		   "\"f\"}}],\"results\":[{\"ruleId\":\"r\",\"ruleIndex\":0,\"level\":\"error\","
		   "\"message\":{\"text\":\"m.\"},\"locations\":[{\"physicalLocation\":{"
		   "\"artifactLocation\":{\"uri\":\"f\"}}}],\"partialFingerprints\":{"
		   "\"hostportd/v1\":\"0000000000000000:1\"},\"suppressions\":[]}]}]}\n");
}

/* A rule that is not in the table of the report has no place there. */
static void test_unknown_rule(void **state)
{
	static const struct rule rule = { "other", SEVERITY_NOTE, NULL, "S", "H." };
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_(json_freep) struct json *document = NULL;
	const struct json *run;

	(void)state;
	findings_add(&findings, &rule, "f", 0, 0, "m");
	document = sarif_of(&findings, &run);
	check_text("id", TEXT(run, "results", "0", "ruleId"), "other");
	assert_null(MEMBER(run, "results", "0", "ruleIndex"));
	assert_null(MEMBER(run, "results", "0", "locations", "0", "logicalLocations"));
	check_text("level", TEXT(run, "results", "0", "level"), "note");
}

/* Of each part of a finding's identity another one makes another print; the rest does not matter.
 */
static void test_identity(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_(json_freep) struct json *document = NULL;
	const struct json *run;
	struct finding *f;

	(void)state;
	for (int i = 0; i < 7; i++) {
		f = findings_add(&findings, &items[i == 1], i == 2 ? "g" : "f", (unsigned int)i, 0,
				 "%d", i);
		finding_set_port(f, i == 3 ? HP_PROTO_UDP : HP_PROTO_TCP, i == 4 ? 81 : 80);
		if (i == 5)
			finding_set_path(f, "$");
	}
	document = sarif_of(&findings, &run);
	for (int i = 1; i < 7; i++) {
		char at[16];
		bool same;

		(void)snprintf(at, sizeof(at), "%d", i);
		same = strncmp(print_of(run, at), print_of(run, "0"), 17) == 0;
		check_int(at, same, i == 6);
	}
	check_text("the second of its kind", strchr(print_of(run, "6"), ':'), ":2");
}

/* Prints of many findings of one identity count up in the order of the findings. */
static void test_many_of_a_kind(void **state)
{
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_(json_freep) struct json *document = NULL;
	const struct json *run;

	(void)state;
	for (int i = 0; i < 30; i++)
		findings_add(&findings, &items[i % 3], "f", 1, 0, "m");
	document = sarif_of(&findings, &run);
	for (int i = 0; i < 30; i++) {
		char at[16], want[16];

		(void)snprintf(at, sizeof(at), "%d", i);
		(void)snprintf(want, sizeof(want), ":%d", i / 3 + 1);
		check_text(at, strchr(print_of(run, at), ':'), want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sarif_rules), cmocka_unit_test(test_sarif_results),
		cmocka_unit_test(test_sarif_colon), cmocka_unit_test(test_sarif_prints),
		cmocka_unit_test(test_whole),	    cmocka_unit_test(test_unknown_rule),
		cmocka_unit_test(test_identity),    cmocka_unit_test(test_many_of_a_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
