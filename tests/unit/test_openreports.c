// SPDX-License-Identifier: MIT
/* A ClusterReport: its head, its results, and what its summary counts. */
#include "test.h"

#include "../../user/formats/openreports.h"

#define HEAD                                                                                       \
	"{\"apiVersion\":\"openreports.io/v1alpha1\",\"kind\":\"ClusterReport\",\"metadata\":"     \
	"{\"name\":"

static void add(struct openreports *report, enum openreports_outcome outcome,
		enum openreports_severity severity, const char *category)
{
	openreports_begin_result(report, &(struct openreports_result) {
						 .outcome = outcome,
						 .severity = severity,
						 .rule = "r",
						 .category = category,
						 .message = "m",
					 });
	openreports_end_result(report);
}

static void test_empty(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct openreports report;

	(void)state;
	openreports_begin(&report, "hostportctl check", NULL, &out);
	openreports_left_out(&report, 0);
	openreports_end(&report);
	check_text("empty", out.data,
		   HEAD "\"hostportctl-check\"},\"source\":\"hostportd\",\"results\":[],"
			"\"summary\":{\"pass\":0,\"fail\":0,\"warn\":0,\"error\":0,\"skip\":0}}\n");
}

static void want_result(const char *category, const char *severity, const char *outcome,
			const char *scored, struct buf *want)
{
	buf_printf(want,
		   "{\"policy\":\"host-port-registry\",\"rule\":\"r\",%s\"severity\":\"%s\","
		   "\"result\":\"%s\",\"scored\":%s,\"message\":\"m\"},",
		   category, severity, outcome, scored);
}

static void test_results(void **state)
{
	_cleanup_buf_ struct buf out = { 0 }, want = { 0 };
	struct openreports report;

	(void)state;
	openreports_begin(&report, "t", "n1.example.com", &out);
	add(&report, OPENREPORTS_PASS, OPENREPORTS_INFO, NULL);
	add(&report, OPENREPORTS_FAIL, OPENREPORTS_HIGH, "R1");
	add(&report, OPENREPORTS_FAIL, OPENREPORTS_MEDIUM, "");
	add(&report, OPENREPORTS_WARN, OPENREPORTS_INFO, "R4");
	add(&report, OPENREPORTS_SKIP, OPENREPORTS_HIGH, NULL);
	openreports_left_out(&report, 7);
	openreports_end(&report);
	buf_puts(&want, HEAD "\"node-n1.example.com-t\"},\"source\":\"hostportd\",\"scope\":"
			     "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":"
			     "\"n1.example.com\"},\"results\":[");
	want_result("", "info", "pass", "true", &want);
	want_result("\"category\":\"R1\",", "high", "fail", "true", &want);
	want_result("", "medium", "fail", "true", &want);
	want_result("\"category\":\"R4\",", "info", "warn", "false", &want);
	want_result("", "high", "skip", "true", &want);
	buf_puts(&want,
		 "{\"policy\":\"host-port-registry\",\"rule\":\"left-out\",\"severity\":"
		 "\"high\",\"result\":\"error\",\"scored\":true,\"message\":\"7 more results "
		 "are left out\"}],\"summary\":{\"pass\":1,\"fail\":2,\"warn\":1,\"error\":1,"
		 "\"skip\":1}}\n");
	check_text("results", out.data, want.data);
}

static void test_properties(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct openreports report = { .w = { .out = &out } };

	(void)state;
	jsonw_object(&report.w, NULL);
	openreports_property(&report, "a", "x\"\x1b");
	openreports_property(&report, "b", NULL);
	openreports_property(&report, "c", "");
	openreports_property_u64(&report, "d", 0);
	openreports_property_u64(&report, "e", UINT64_MAX);
	jsonw_object_end(&report.w);
	check_text("texts alone", out.data,
		   "{\"a\":\"x\\\"\\u001b\",\"d\":\"0\",\"e\":\"18446744073709551615\"}");
}

/* A name is one that an object may have, whatever the host is called; the scope has what it is. */
static void test_names(void **state)
{
	static const struct {
		const char *node, *want;
	} cases[] = {
		{ "n1", "\"node-n1-t\"}" },
		{ "", "\"node--t\"}" },
		{ "Host_A.Example", "\"node-host-a.example-t\"}" },
		{ "a..b", "\"node-a--b-t\"}" },
		{ ".a.", "\"node--a--t\"}" },
		{ "a._b", "\"node-a--b-t\"}" },
		{ "a.-b", "\"node-a--b-t\"}" },
		{ "1.2", "\"node-1.2-t\"}" },
		{ "\xc3\xbc\n\"", "\"node------t\"}" },
		{ "@[`{/:", "\"node--------t\"}" },
		{ "azAZ09", "\"node-azaz09-t\"}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 }, want = { 0 };
		struct openreports report;

		openreports_begin(&report, "t", cases[i].node, &out);
		buf_printf(&want, HEAD "%s", cases[i].want);
		check_int(cases[i].want, strncmp(out.data, want.data, want.len), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
