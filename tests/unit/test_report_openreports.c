// SPDX-License-Identifier: MIT
/* A ClusterReport of findings: each with its place, and the files that pass. */
#include "report_cases.h"

#define HEAD                                                                                       \
	"{\"apiVersion\":\"openreports.io/v1alpha1\",\"kind\":\"ClusterReport\",\"metadata\":"     \
	"{\"name\":\"hostportctl-check\"},\"source\":\"hostportd\",\"results\":["

static void want_result(const char *rule, const char *category, const char *severity,
			const char *outcome, const char *message, const char *properties,
			struct buf *want)
{
	bool first = want->data[want->len - 1] == '[';

	buf_printf(want,
		   "%s{\"policy\":\"host-port-registry\",\"rule\":\"%s\",%s\"severity\":\"%s\","
		   "\"result\":\"%s\",\"scored\":%s,\"message\":\"%s\",\"properties\":{%s}}",
		   first ? "" : ",", rule, category, severity, outcome,
		   strcmp(outcome, "warn") == 0 ? "false" : "true", message, properties);
}

static void want_pass(const char *properties, struct buf *want)
{
	want_result("no-findings", "", "info", "pass", "no findings", properties, want);
}

static void test_findings(void **state)
{
	_cleanup_findings_ struct findings findings = { .left_out = 7 };
	_cleanup_buf_ struct buf out = { 0 }, want = { 0 };
	struct finding *f;

	(void)state;
	f = findings_add(&findings, &items[1], "a b.yaml", 3, 5, "m");
	finding_set_port(f, HP_PROTO_TCP, 80);
	finding_set_path(f, "$.x");
	finding_suggest(f, "s");
	finding_accept(findings_add(&findings, &items[2], "a b.yaml", 4, 0, "n"), "r");
	(void)findings_add(&findings, &items[0], "builtin:openshift", 0, 0, "o");
	(void)findings_add(&findings, &items[2], "z", 0, 0, "p");
	put(REPORT_OPENREPORTS, &findings, &out);
	buf_puts(&want, HEAD);
	want_result("a-warning", "\"category\":\"R2\",", "medium", "fail", "m",
		    "\"file\":\"a b.yaml\",\"line\":\"3\",\"column\":\"5\",\"path\":\"$.x\","
		    "\"protocol\":\"tcp\",\"port\":\"80\",\"suggestion\":\"s\"",
		    &want);
	want_result("an-error", "\"category\":\"R4\",", "high", "skip", "n",
		    "\"file\":\"a b.yaml\",\"line\":\"4\",\"reason\":\"r\"", &want);
	want_result("a-note", "", "info", "warn", "o", "\"file\":\"builtin:openshift\"", &want);
	want_result("an-error", "\"category\":\"R4\",", "high", "fail", "p", "\"file\":\"z\"",
		    &want);
	want_pass("\"file\":\"a.yaml\"", &want);
	buf_puts(&want,
		 ",{\"policy\":\"host-port-registry\",\"rule\":\"left-out\",\"severity\":"
		 "\"high\",\"result\":\"error\",\"scored\":true,\"message\":\"7 more results "
		 "are left out\"}],\"summary\":{\"pass\":1,\"fail\":2,\"warn\":1,\"error\":1,"
		 "\"skip\":1}}\n");
	check_text("report", out.data, want.data);
}

static void test_empty(void **state)
{
	const struct findings none = { 0 };
	_cleanup_buf_ struct buf out = { 0 }, want = { 0 };

	(void)state;
	put(REPORT_OPENREPORTS, &none, &out);
	buf_puts(&want, HEAD);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		_cleanup_buf_ struct buf file = { 0 };

		buf_printf(&file, "\"file\":\"%s\"", files[i]);
		want_pass(file.data, &want);
	}
	buf_puts(&want, "],\"summary\":{\"pass\":3,\"fail\":0,\"warn\":0,\"error\":0,\"skip\":0}}"
			"\n");
	check_text("all files pass", out.data, want.data);
}

/* Names and texts from files stay texts. */
static void test_hostile(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	put_filled(REPORT_OPENREPORTS, 0, &out);
	assert_null(strchr(out.data, '\x1b'));
	assert_non_null(strstr(out.data, "\"message\":\"a\\\"<&>\\u001b[31m" REPLACED "\\u202e\""));
	check_u64("one line", strcspn(out.data, "\n"), out.len - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
