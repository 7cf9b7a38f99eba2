// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/ctl/top_rows.h"

#define UNIT(name) "\"workload\":{\"kind\":\"unit\",\"unit\":\"" name "\"}"

static const char listeners[] = "[{\"verdict\":\"allowed\"," UNIT(
	"b.service") "},"
		     " {\"verdict\":\"audited\"," UNIT(
			     "a.service") "},"
					  " {\"verdict\":\"denied\"," UNIT(
						  "b.service") "},"
							       " {\"verdict\":\"excepted\"," UNIT(
								       "b.service") "}]";

static const char violations[] =
	"[{\"protocol\":\"tcp\",\"port\":80,\"count\":3,\"last\":\"2026-01-01T00:00:02Z\"," UNIT(
		"b.service") "},"
			     " {\"protocol\":\"udp\",\"port\":53,\"count\":4,\"last\":\"2026-01-"
			     "01T00:00:01Z\"," UNIT(
				     "b.service") "},"
						  " {\"protocol\":\"udp\",\"port\":1,\"ports\":855,"
						  "\"count\":900," UNIT("c.service") "}]";

static struct json *parse(const char *text)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct json *json = NULL;

	assert_int_equal(json_parse(text, strlen(text), &err, &json), 0);
	return json;
}

static struct top_rows make(const char *listeners_text, const char *violations_text)
{
	_cleanup_(json_freep) struct json *l = parse(listeners_text), *v = parse(violations_text);
	struct top_rows rows;

	assert_int_equal(top_rows_make(l, v, &rows), 0);
	return rows;
}

static void check_row(const struct top_row *row, const char *want)
{
	char got[256];

	(void)snprintf(got, sizeof(got),
		       "%s: %llu listeners, %llu wrong, %llu violations, %llu "
		       "fresh, %s, %s",
		       row->workload, (unsigned long long)row->listeners,
		       (unsigned long long)row->wrong, (unsigned long long)row->violations,
		       (unsigned long long)row->fresh, row->ports, row->last);
	check_text("row", got, want);
}

static void test_make(void **state)
{
	_cleanup_top_rows_ struct top_rows rows = make(listeners, violations);

	(void)state;
	assert_int_equal(rows.len, 3);
	check_row(&rows.list[0], "unit a.service: 1 listeners, 1 wrong, 0 violations, 0 fresh, , ");
	check_row(&rows.list[1],
		  "unit b.service: 3 listeners, 1 wrong, 7 violations, 0 fresh, tcp 80, udp 53, "
		  "2026-01-01T00:00:02Z");
	check_row(&rows.list[2],
		  "unit c.service: 0 listeners, 0 wrong, 900 violations, 0 fresh, 855 udp ports, ");
}

static void test_nothing(void **state)
{
	_cleanup_top_rows_ struct top_rows rows = make("[]", "[]");

	(void)state;
	check_u64("none", rows.len, 0);
	top_rows_compare(&rows, &rows);
	check_u64("none", top_rows_choose(&rows, TOP_ORDER_FRESH, "", false), 0);
}

static void test_compare(void **state)
{
	static const char earlier[] =
		"[{\"count\":2," UNIT("b.service") "},"
						   " {\"count\":901," UNIT("c.service") "}]";
	_cleanup_top_rows_ struct top_rows rows = make(listeners, violations);
	_cleanup_top_rows_ struct top_rows before = make("[]", earlier);

	(void)state;
	top_rows_compare(&rows, &before);
	check_u64("none", rows.list[0].fresh, 0);
	check_u64("more", rows.list[1].fresh, 5);
	check_u64("fewer", rows.list[2].fresh, 0);
	top_rows_compare(&rows, &(struct top_rows) { 0 });
	check_u64("nothing before", rows.list[1].fresh, 7);
}

static void test_choose(void **state)
{
	static const struct {
		const char *name;
		enum top_order order;
		const char *filter;
		bool only_wrong;
		const char *want; /* the units' letters */
	} cases[] = {
		{ "violations", TOP_ORDER_VIOLATIONS, "", false, "cbad" },
		{ "fresh, then violations", TOP_ORDER_FRESH, "", false, "cbad" },
		{ "listeners", TOP_ORDER_LISTENERS, "", false, "badc" },
		{ "workload", TOP_ORDER_WORKLOAD, "", false, "abcd" },
		{ "what is wrong", TOP_ORDER_WORKLOAD, "", true, "abc" },
		{ "a filter", TOP_ORDER_WORKLOAD, "B.SERV", false, "b" },
		{ "both", TOP_ORDER_WORKLOAD, "d.service", true, "" },
	};
	static const char four[] = "[{\"verdict\":\"allowed\"," UNIT(
		"d.service") "},"
			     " {\"verdict\":\"audited\"," UNIT(
				     "a.service") "},"
						  " {\"verdict\":\"denied\"," UNIT(
							  "b.service") "},"
								       " {\"verdict\":"
								       "\"excepted\"," UNIT(
									       "b.service") "}]";
	_cleanup_top_rows_ struct top_rows rows = make(four, violations);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = top_rows_choose(&rows, cases[i].order, cases[i].filter,
					   cases[i].only_wrong);
		char got[8] = "";

		for (size_t k = 0; k < n; k++)
			got[k] = rows.list[k].workload[strlen("unit ")];
		check_text(cases[i].name, got, cases[i].want);
	}
}

/* A list of ports that has no room ends with a sign. */
static void test_many_ports(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_(json_freep) struct json *none = parse("[]"), *many = NULL;
	_cleanup_top_rows_ struct top_rows rows = { 0 };

	(void)state;
	for (int i = 0; i < 20; i++)
		buf_printf(&text, "%s{\"protocol\":\"tcp\",\"port\":%d,\"count\":1," UNIT("x") "}",
			   i ? "," : "[", 10000 + i);
	buf_putc(&text, ']');
	many = parse(text.data);
	assert_int_equal(top_rows_make(none, many, &rows), 0);
	assert_int_equal(rows.len, 1);
	check_u64("all count", rows.list[0].violations, 20);
	assert_true(strlen(rows.list[0].ports) < TOP_PORTS_MAX);
	if (!strstr(rows.list[0].ports, ", …"))
		fail_msg("no sign: %s", rows.list[0].ports);
}

static void test_words(void **state)
{
	(void)state;
	check_text("first", top_rows_order_word(TOP_ORDER_FRESH), "new violations");
	check_text("last", top_rows_order_word(TOP_ORDER_MAX - 1), "workload");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),	   cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_compare),	   cmocka_unit_test(test_choose),
		cmocka_unit_test(test_many_ports), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
