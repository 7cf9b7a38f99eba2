// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/base/buf.h"
#include "../../user/policy/receiver.h"
#include "../../user/violations/impact_json.h"
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
	{ "many ports",
	  "{\"class\":\"unregistered\",\"protocol\":\"udp\",\"port\":1024,\"ports\":855,"
	  "\"port_last\":65530,\"workload\":{\"kind\":\"unit\",\"unit\":\"unbound.service\"},"
	  "\"pid\":7,\"comm\":\"unbound\",\"source\":\"violation\",\"count\":900,"
	  "\"last\":\"2026-11-22T20:12:31.123456789Z\"}",
	  "unregistered udp 855 of 1024-65530 unit unbound.service unbound[7] violation 900"
	  " 2026-11-22T20:12:31Z" },
	{ "other processes",
	  "{\"class\":\"scope\",\"protocol\":\"udp\",\"port\":53,\"pid\":8,\"comm\":\"x\","
	  "\"others\":[{\"comm\":\"x\"},{\"comm\":\"y\"},{\"comm\":\"y\"},{\"comm\":\"\\u001b\"},{}"
	  "]}",
	  "scope udp 53 unknown workload x[8], y, \\x1b, ? ? - -" },
	{ "nobody's",
	  "{\"class\":\"unregistered\",\"protocol\":\"tcp\",\"port\":8080,\"uid\":0,"
	  "\"source\":\"listener\",\"sockets\":1,\"held_by\":\"none\",\"count\":0}",
	  "unregistered tcp 8080 unknown workload no process has it listener - -" },
	{ "the kernel's",
	  "{\"class\":\"unregistered\",\"protocol\":\"udp\",\"port\":4789,\"uid\":0,"
	  "\"workload\":{\"kind\":\"kernel\"},"
	  "\"source\":\"listener\",\"sockets\":1,\"held_by\":\"kernel\",\"count\":0}",
	  "unregistered udp 4789 kernel kernel listener - -" },
	{ "perhaps nobody's",
	  "{\"class\":\"unregistered\",\"protocol\":\"tcp\",\"port\":8080,\"uid\":0,"
	  "\"source\":\"listener\",\"sockets\":1,\"held_by\":\"unknown\",\"count\":0}",
	  "unregistered tcp 8080 unknown workload - listener - -" },
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

static void test_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(json_freep) struct json *json = NULL;
		_cleanup_(table_freep) struct table *table = NULL;
		_cleanup_buf_ struct buf text = { 0 }, err = { 0 }, want = { 0 };
		_cleanup_free_ char *got = NULL;

		buf_printf(&text, "[%s]", cases[i].json);
		check_int(cases[i].name, json_parse(text.data, text.len, &err, &json), 0);
		check_int(cases[i].name, impact_table_of_json(json, &table), 0);
		got = printed(table);
		buf_printf(&want, "CLASS PROTO PORT WORKLOAD PROCESS SOURCE COUNT LAST\n%s\n",
			   cases[i].line);
		check_text(cases[i].name, got, want.data);
	}
}

/* A row, and the words of its line. */
static const struct {
	const char *name;
	const char *cgroup, *workload;
	struct impact_row row;
	const char *line;
	bool many;
} rows[] = {
	{ "a listener",
	  "/web.service",
	  "unit web.service",
	  { .cls = HP_CLASS_UNREGISTERED,
	    .proto = HP_PROTO_TCP,
	    .family = 6,
	    .port = 8080,
	    .pid = 7,
	    .comm = "web",
	    .sockets = 2 },
	  "unregistered tcp 8080 unit web.service web[7] listener - -",
	  false },
	{ "nobody's",
	  "/a",
	  "cgroup /a",
	  { .cls = HP_CLASS_SCOPE,
	    .proto = HP_PROTO_TCP,
	    .port = 53,
	    .holder = RECEIVER_HOLDER_NONE,
	    .sockets = 1 },
	  "scope tcp 53 cgroup /a no process has it listener - -",
	  false },
	{ "a violation",
	  "/a",
	  "cgroup /a",
	  { .cls = HP_CLASS_SCOPE,
	    .proto = HP_PROTO_UDP,
	    .family = 4,
	    .port = 53,
	    .pid = 8,
	    .comm = "x",
	    .count = 12,
	    .first = { 1795378291, 123456789 },
	    .last = { 1795378351, 123456789 } },
	  "scope udp 53 cgroup /a x[8] violation 12 2026-11-22T20:12:31Z",
	  false },
	{ "both",
	  "/a",
	  "cgroup /a",
	  { .cls = HP_CLASS_SCOPE,
	    .proto = HP_PROTO_UDP,
	    .family = 4,
	    .port = 53,
	    .pid = 8,
	    .comm = "x",
	    .count = 1,
	    .sockets = 1,
	    .first = { 0, 0 },
	    .last = { 0, 999999999 } },
	  "scope udp 53 cgroup /a x[8] listener 1 1970-01-01T00:00:00Z",
	  false },
	{ "hostile names",
	  "/\033[2J",
	  "cgroup /\\x1b[2J",
	  { .cls = HP_CLASS_RETIRED,
	    .proto = HP_PROTO_TCP,
	    .family = 4,
	    .port = 1,
	    .pid = 9,
	    .comm = "\033]0;x\007",
	    .sockets = 1 },
	  "retired tcp 1 cgroup /\\x1b[2J \\x1b]0;x\\x07[9] listener - -",
	  false },
	{ "a process without a name",
	  "",
	  "unknown workload",
	  { .cls = HP_CLASS_RETIRED,
	    .proto = HP_PROTO_TCP,
	    .family = 4,
	    .port = 1,
	    .pid = 9,
	    .sockets = 1 },
	  "retired tcp 1 unknown workload ?[9] listener - -",
	  false },
	{ "the kernel, any port",
	  "",
	  "kernel",
	  { .cls = HP_CLASS_EPHEMERAL,
	    .proto = HP_PROTO_SCTP,
	    .family = 4,
	    .kernel = true,
	    .sockets = 1 },
	  "ephemeral sctp 0 kernel - listener - -",
	  false },
	{ "many ports",
	  "/a",
	  "cgroup /a",
	  { .cls = HP_CLASS_UNREGISTERED,
	    .proto = HP_PROTO_UDP,
	    .family = 4,
	    .port = 5,
	    .pid = 9,
	    .comm = "x",
	    .sockets = 2 },
	  "unregistered udp 3 of 5-901 cgroup /a x[9] listener - -",
	  true },
};

/* Ports 5, 900 and 901. */
static struct portset three = { .words = { [0] = 1U << 5, [14] = 3U << 4 } };

/* No pod is known. */
static const struct workload_facts nothing;

static struct impact_row row_at(size_t i)
{
	struct impact_row row = rows[i].row;

	row.cgroup = (char *)rows[i].cgroup;
	row.workload = (char *)rows[i].workload;
	if (rows[i].many)
		row.ports = &three;
	return row;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct impact_row row = row_at(i);
		struct impact impact = { .rows = &row, .len = 1 };
		_cleanup_(table_freep) struct table *table = NULL;
		_cleanup_buf_ struct buf want = { 0 };
		_cleanup_free_ char *got = NULL;

		check_int(rows[i].name, impact_table(&impact, &nothing, SIZE_MAX, &table), 0);
		got = printed(table);
		buf_printf(&want, "CLASS PROTO PORT WORKLOAD PROCESS SOURCE COUNT LAST\n%s\n",
			   rows[i].line);
		check_text(rows[i].name, got, want.data);
	}
}

/* The agent's messages and the client's table say the same of a row. */
static void test_same(void **state)
{
	struct impact impact = { .len = ARRAY_LEN(rows) };
	_cleanup_free_ struct impact_row *list = calloc(ARRAY_LEN(rows), sizeof(*list));
	_cleanup_(table_freep) struct table *of_rows = NULL, *of_json = NULL;
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	_cleanup_free_ char *got = NULL, *want = NULL;
	struct jsonw w = { .out = &text };

	(void)state;
	assert_non_null(list);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		list[i] = row_at(i);
	list[0].cgroup = (char *)"/system.slice/web.service"; /* one that is a unit */
	impact.rows = list;
	jsonw_object(&w, NULL);
	impact_put(&impact, &nothing, "would_break", SIZE_MAX, SIZE_MAX, &w);
	jsonw_object_end(&w);
	assert_int_equal(json_parse(text.data, text.len, &err, &json), 0);
	assert_int_equal(impact_table(&impact, &nothing, SIZE_MAX, &of_rows), 0);
	assert_int_equal(impact_table_of_json(json_member(json, "would_break"), &of_json), 0);
	got = printed(of_rows);
	want = printed(of_json);
	check_text("the same table", got, want);
}

static void test_limit(void **state)
{
	struct impact_row two[] = { row_at(0), row_at(1) };
	struct impact impact = { .rows = two, .len = ARRAY_LEN(two) };
	_cleanup_(table_freep) struct table *one = NULL, *none = NULL;
	_cleanup_free_ char *got = NULL, *empty = NULL;

	(void)state;
	assert_int_equal(impact_table(&impact, &nothing, 1, &one), 0);
	got = printed(one);
	assert_non_null(strstr(got, "web.service"));
	assert_null(strstr(got, "violation"));
	assert_int_equal(impact_table(&impact, &nothing, 0, &none), 0);
	empty = printed(none);
	check_text("nothing", empty, "");
}

static void test_none(void **state)
{
	_cleanup_(table_freep) struct table *table = NULL;
	_cleanup_free_ char *got = NULL;

	(void)state;
	assert_int_equal(impact_table_of_json(NULL, &table), 0);
	got = printed(table);
	check_text("nothing", got, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json), cmocka_unit_test(test_rows),
		cmocka_unit_test(test_same), cmocka_unit_test(test_limit),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
