// SPDX-License-Identifier: MIT
/* A node's listeners as a report: what becomes of each verdict and class, and whose result it is.
 */
#include "test.h"

#include "../../user/formats/listeners_openreports.h"

#define HEAD                                                                                       \
	"{\"apiVersion\":\"openreports.io/v1alpha1\",\"kind\":\"ClusterReport\",\"metadata\":"     \
	"{\"name\":\"node-n1-hostportctl-listeners\"},\"source\":\"hostportd\",\"scope\":"         \
	"{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n1\"},\"results\":["

static void report(const char *text, const char *node, struct buf *out)
{
	_cleanup_(json_freep) struct json *document = NULL;
	_cleanup_buf_ struct buf err = { 0 };

	assert_int_equal(json_parse(text, strlen(text), &err, &document), 0);
	listeners_openreports(document, node, out);
}

/* The document of one listener, of these members beside its address. */
static void report_one(const char *members, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text,
		   "{\"listeners\":[{%s,\"protocol\":\"tcp\",\"family\":\"ipv4\",\"address\":"
		   "\"0.0.0.0\",\"port\":80,\"workload\":{\"kind\":\"unit\",\"unit\":\"u\"}}]}",
		   members);
	report(text.data, "n1", out);
}

static void has(const char *name, const struct buf *out, const char *what)
{
	if (!strstr(out->data, what))
		fail_msg("%s: %s is not in: %s", name, what, out->data);
}

static void test_none(void **state)
{
	static const char *const empty[] = { "{\"listeners\":[],\"left_out\":0}", "{}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		report(empty[i], "n1", &out);
		check_text(empty[i], out.data,
			   HEAD "],\"summary\":{\"pass\":0,\"fail\":0,\"warn\":0,\"error\":0,"
				"\"skip\":0}}\n");
	}
}

static const struct {
	const char *verdict, *cls, *rule, *category, *severity, *outcome;
} verdict_cases[] = {
	{ "allowed", "none", "registered", "", "info", "pass" },
	{ "allowed", "ephemeral", "ephemeral", "\"category\":\"R1\",", "info", "pass" },
	{ "audited", "unregistered", "unregistered", "\"category\":\"R1\",", "high", "fail" },
	{ "denied", "retired", "retired", "\"category\":\"R1\",", "high", "fail" },
	{ "denied", "inactive", "inactive", "\"category\":\"R1\",", "high", "fail" },
	{ "denied", "scope", "scope", "\"category\":\"R4\",", "high", "fail" },
	{ "audited", "owner", "owner", "\"category\":\"R1\",", "medium", "fail" },
	{ "audited", "undeclared", "undeclared", "\"category\":\"R3\",", "medium", "fail" },
	{ "denied", "ephemeral", "ephemeral", "\"category\":\"R1\",", "medium", "fail" },
	{ "excepted", "unregistered", "unregistered", "\"category\":\"R1\",", "high", "skip" },
	{ "later", "unregistered", "unregistered", "\"category\":\"R1\",", "high", "error" },
	{ "audited", "later", "later", "", "medium", "fail" },
};

static void test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(verdict_cases); i++) {
		_cleanup_buf_ struct buf out = { 0 }, members = { 0 }, want = { 0 }, count = { 0 };

		buf_printf(&members, "\"verdict\":\"%s\",\"class\":\"%s\",\"documented\":null",
			   verdict_cases[i].verdict, verdict_cases[i].cls);
		report_one(members.data, &out);
		buf_printf(&want,
			   "\"results\":[{\"policy\":\"host-port-registry\",\"rule\":\"%s\",%s"
			   "\"severity\":\"%s\",\"result\":\"%s\",\"scored\":true,\"message\":"
			   "\"tcp 0.0.0.0:80, unit u: %s\",\"properties\":{\"port\":\"80\","
			   "\"protocol\":\"tcp\",\"family\":\"ipv4\",\"address\":\"0.0.0.0\","
			   "\"verdict\":\"%s\",\"unit\":\"u\"}}],",
			   verdict_cases[i].rule, verdict_cases[i].category,
			   verdict_cases[i].severity, verdict_cases[i].outcome,
			   verdict_cases[i].rule, verdict_cases[i].verdict);
		has(verdict_cases[i].cls, &out, want.data);
		buf_printf(&count, "\"%s\":1", verdict_cases[i].outcome);
		has(verdict_cases[i].cls, &out, count.data);
	}
}

/* Rule R2 has a result of its own, where it applies. */
static void test_documented(void **state)
{
	static const struct {
		const char *documented;
		bool fails;
	} cases[] = { { "false", true }, { "true", false }, { "null", false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 }, members = { 0 };

		buf_printf(&members, "\"verdict\":\"allowed\",\"class\":\"none\",\"documented\":%s",
			   cases[i].documented);
		report_one(members.data, &out);
		has(cases[i].documented, &out,
		    cases[i].fails ? "\"pass\":1,\"fail\":1," : "\"pass\":1,\"fail\":0,");
		if (cases[i].fails)
			has("R2", &out,
			    "\"rule\":\"outside-documented-range\",\"category\":\"R2\","
			    "\"severity\":\"medium\",\"result\":\"fail\",\"scored\":true,"
			    "\"message\":\"tcp 0.0.0.0:80, unit u: it can be reached, and is in no "
			    "documented range\"");
	}
}

/* A pod's result is about the pod; each has what is known of its process and row. */
static void test_pod(void **state)
{
	static const char text[] =
		"{\"listeners\":[{\"verdict\":\"audited\",\"class\":\"owner\",\"protocol\":\"udp\","
		"\"family\":\"ipv6\",\"address\":\"::\",\"port\":53,\"pid\":7,\"comm\":"
		"\"a\\u001b\","
		"\"exe\":\"/a\",\"cgroup\":\"/"
		"c\",\"workload\":{\"kind\":\"pod\",\"namespace\":\"n\","
		"\"pod\":\"p\",\"container\":\"c\",\"uid\":\"1\"},\"entry\":{\"layer\":\"l\","
		"\"process\":\"dns\",\"team\":\"t\"},\"documented\":true}],\"left_out\":2}";
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	report(text, NULL, &out);
	has("no node", &out,
	    "{\"name\":\"hostportctl-listeners\"},\"source\":\"hostportd\",\"results\":[");
	has("its pod", &out,
	    "\"resources\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"namespace\":\"n\",\"name\":"
	    "\"p\",\"uid\":\"1\"}],\"properties\":{\"port\":\"53\",\"pid\":\"7\",\"protocol\":"
	    "\"udp\",\"family\":\"ipv6\",\"address\":\"::\",\"comm\":\"a\\u001b\",\"exe\":\"/a\","
	    "\"cgroup\":\"/c\",\"verdict\":\"audited\",\"container\":\"c\",\"layer\":\"l\","
	    "\"process\":\"dns\",\"team\":\"t\"}}");
	has("its address", &out, "\"message\":\"udp [::]:53, a\\u001b[7], ");
	has("what is left out", &out, "\"message\":\"2 more results are left out\"");
	has("counts", &out,
	    "\"summary\":{\"pass\":0,\"fail\":1,\"warn\":0,\"error\":1,\"skip\":0}}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_documented),
		cmocka_unit_test(test_pod),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
