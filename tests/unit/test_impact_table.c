// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/base/buf.h"
#include "../../user/violations/impact_table.h"

/* A row as the agent writes it, and the words of its line. */
static const struct {
	const char *name, *json, *line;
} cases[] = {
	{ "a listener",
	  "{\"class\":\"unregistered\",\"protocol\":\"tcp\",\"address\":\"::\",\"port\":8080,"
	  "\"workload\":{\"kind\":\"unit\",\"unit\":\"web.service\"},\"cgroup\":\"/web.service\","
	  "\"pid\":7,\"uid\":0,\"comm\":\"web\",\"source\":\"listener\",\"sockets\":2,\"count\":0}",
	  "unregistered tcp 8080 unit web.service web[7] listener - -" },
	{ "a violation",
	  "{\"class\":\"scope\",\"protocol\":\"udp\",\"port\":53,"
	  "\"workload\":{\"kind\":\"cgroup\"},\"cgroup\":\"/a\",\"pid\":8,\"comm\":\"x\","
	  "\"source\":\"violation\",\"sockets\":0,\"count\":12,"
	  "\"first\":\"2026-11-22T20:11:31.123456789Z\",\"last\":\"2026-11-22T20:12:31."
	  "123456789Z\"}",
	  "scope udp 53 cgroup /a x[8] violation 12 2026-11-22T20:12:31Z" },
	{ "hostile names",
	  "{\"class\":\"retired\",\"protocol\":\"tcp\",\"port\":1,"
	  "\"workload\":{\"kind\":\"cgroup\"},\"cgroup\":\"/\\u001b[2J\",\"pid\":9,"
	  "\"comm\":\"\\u001b]0;x\\u0007\",\"source\":\"listener\",\"count\":1,\"last\":\"soon\"}",
	  "retired tcp 1 cgroup /\\x1b[2J \\x1b]0;x\\x07[9] listener 1 -" },
	{ "of another version", "{}", "? ? 0 unknown workload - ? - -" },
};

/* The lines, blanks folded. */
static char *printed(struct table *table)
{
	_cleanup_fclose_ FILE *out = tmpfile();
	struct buf b = { 0 };
	int c, last = '\n';

	assert_non_null(out);
	assert_int_equal(table_print(table, out), 0);
	rewind(out);
	while ((c = fgetc(out)) != EOF) {
		if (c != ' ' || (last != ' ' && last != '\n'))
			buf_putc(&b, (char)c);
		last = c;
	}
	return buf_take(&b);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(json_freep) struct json *json = NULL;
		_cleanup_(table_freep) struct table *table = NULL;
		_cleanup_buf_ struct buf text = { 0 }, err = { 0 }, want = { 0 };
		_cleanup_free_ char *got = NULL;

		buf_printf(&text, "[%s]", cases[i].json);
		check_int(cases[i].name, json_parse(text.data, text.len, &err, &json), 0);
		check_int(cases[i].name, break_table(json, &table), 0);
		got = printed(table);
		buf_printf(&want, "CLASS PROTO PORT WORKLOAD PROCESS SOURCE COUNT LAST\n%s\n",
			   cases[i].line);
		check_text(cases[i].name, got, want.data);
	}
}

static void test_none(void **state)
{
	_cleanup_(table_freep) struct table *table = NULL;
	_cleanup_free_ char *got = NULL;

	(void)state;
	assert_int_equal(break_table(NULL, &table), 0);
	got = printed(table);
	check_text("nothing", got, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
