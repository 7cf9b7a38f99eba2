// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/openmetrics.h"

static void write_families(struct openmetrics *m)
{
	const struct openmetrics_label labels[] = { { "class", "scope" }, { "source", "a\"\\\n" } };

	openmetrics_family(m, "x_info", OPENMETRICS_INFO, "What it is.");
	openmetrics_u64(m, labels, 1, 1);
	openmetrics_family(m, "x_none_total", OPENMETRICS_COUNTER, "Nothing.");
	openmetrics_family(m, "x_bad_total", OPENMETRICS_COUNTER, "What\nis bad.");
	openmetrics_u64(m, labels, 2, UINT64_MAX);
	openmetrics_u64(m, labels, 1, 0);
	openmetrics_family(m, "x_total", OPENMETRICS_GAUGE, "A gauge.");
	openmetrics_seconds(m, NULL, 0, 1500000000);
	openmetrics_seconds(m, NULL, 0, 7);
	openmetrics_end(m);
}

static void check_form(enum openmetrics_form form, const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct openmetrics m = { .out = &out, .form = form };

	write_families(&m);
	check_text("document", out.data, want);
}

static void test_openmetrics(void **state)
{
	(void)state;
	check_form(OPENMETRICS_1_0, "# HELP x What it is.\n"
				    "# TYPE x info\n"
				    "x_info{class=\"scope\"} 1\n"
				    "# HELP x_bad What\\nis bad.\n"
				    "# TYPE x_bad counter\n"
				    "x_bad_total{class=\"scope\",source=\"a\\\"\\\\\\n\"} "
				    "18446744073709551615\n"
				    "x_bad_total{class=\"scope\"} 0\n"
				    "# HELP x_total A gauge.\n"
				    "# TYPE x_total gauge\n"
				    "x_total 1.500000000\n"
				    "x_total 0.000000007\n"
				    "# EOF\n");
}

static void test_prometheus(void **state)
{
	(void)state;
	check_form(OPENMETRICS_PROMETHEUS, "# HELP x_info What it is.\n"
					   "# TYPE x_info gauge\n"
					   "x_info{class=\"scope\"} 1\n"
					   "# HELP x_bad_total What\\nis bad.\n"
					   "# TYPE x_bad_total counter\n"
					   "x_bad_total{class=\"scope\",source=\"a\\\"\\\\\\n\"} "
					   "18446744073709551615\n"
					   "x_bad_total{class=\"scope\"} 0\n"
					   "# HELP x_total A gauge.\n"
					   "# TYPE x_total gauge\n"
					   "x_total 1.500000000\n"
					   "x_total 0.000000007\n");
}

/* Nothing but its end. */
static void test_empty(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct openmetrics m = { .out = &out };

	(void)state;
	openmetrics_family(&m, "x_total", OPENMETRICS_COUNTER, "Nothing.");
	openmetrics_end(&m);
	check_text("document", out.data, "# EOF\n");
}

static const struct {
	const char *accept;
	enum openmetrics_form want;
} accepts[] = {
	{ NULL, OPENMETRICS_1_0 },
	{ "", OPENMETRICS_1_0 },
	{ "*/*", OPENMETRICS_1_0 },
	{ "text/html", OPENMETRICS_1_0 },
	{ "text/plain", OPENMETRICS_PROMETHEUS },
	{ "Text/Plain; version=0.0.4", OPENMETRICS_PROMETHEUS },
	/* Prometheus 2, and one before it had OpenMetrics; vmagent */
	{ "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/"
	  "*;q=0.1",
	  OPENMETRICS_1_0 },
	{ "text/plain;version=0.0.4;q=0.3,Application/OpenMetrics-Text; version=0.0.1",
	  OPENMETRICS_1_0 },
	{ "text/plain;version=0.0.4;q=1,*/*;q=0.1", OPENMETRICS_PROMETHEUS },
};

static void test_accept(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(accepts); i++)
		check_int(accepts[i].accept ? accepts[i].accept : "none",
			  openmetrics_form_for(accepts[i].accept), accepts[i].want);
}

static void test_words(void **state)
{
	(void)state;
	check_text("gauge", openmetrics_type_word(OPENMETRICS_GAUGE), "gauge");
	check_text("counter", openmetrics_type_word(OPENMETRICS_COUNTER), "counter");
	check_text("info", openmetrics_type_word(OPENMETRICS_INFO), "info");
	check_text("OpenMetrics", openmetrics_content_type(OPENMETRICS_1_0),
		   "application/openmetrics-text; version=1.0.0; charset=utf-8");
	check_text("Prometheus", openmetrics_content_type(OPENMETRICS_PROMETHEUS),
		   "text/plain; version=0.0.4; charset=utf-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_openmetrics), cmocka_unit_test(test_prometheus),
		cmocka_unit_test(test_empty),	    cmocka_unit_test(test_accept),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
