// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/violations/learn_answer.h"

/* Read rows, of an answer without its brackets. */
static struct json *read_rows(const char *rows, struct answer_rows *ret)
{
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	struct json *json = NULL;

	buf_printf(&text, "[%s]", rows);
	if (json_parse(text.data, text.len, &err, &json) < 0)
		fail_msg("%s: %s", rows, err.data);
	assert_int_equal(answer_rows_read(json, ret), 0);
	return json;
}

#define ROW(cls, proto, rest) "{\"class\":\"" cls "\",\"protocol\":\"" proto "\"," rest "}"

static void test_rows(void **state)
{
	static const struct {
		const char *name, *json;
		bool lacking, chosen;
		uint16_t port, last;
		size_t ports;
		bool listed;
	} cases[] = {
		{ "one", ROW("scope", "tcp", "\"port\":80"), false, false, 80, 80, 0, false },
		{ "the last port", ROW("scope", "udp", "\"port\":65535"), false, false, 65535,
		  65535, 0, false },
		{ "no port", ROW("scope", "tcp", "\"port\":0"), true, true, 0, 0, 0, false },
		{ "chosen", ROW("ephemeral", "tcp", "\"port\":80"), true, true, 0, 0, 0, false },
		{ "beyond", ROW("scope", "tcp", "\"port\":65536"), true, false, 0, 0, 0, false },
		{ "no class", ROW("x", "tcp", "\"port\":80"), true, false, 0, 0, 0, false },
		{ "no protocol", ROW("scope", "x", "\"port\":80"), true, false, 0, 0, 0, false },
		{ "no object", "7", true, true, 0, 0, 0, false },
		{ "many", ROW("scope", "tcp", "\"port\":80,\"ports\":17,\"port_last\":99"), false,
		  false, 80, 99, 17, false },
		{ "many, listed",
		  ROW("scope", "tcp",
		      "\"port\":80,\"ports\":17,\"port_last\":99,\"port_list\":\"80-95,99\""),
		  false, false, 80, 99, 17, true },
		{ "all in a row", ROW("scope", "tcp", "\"port\":80,\"ports\":20,\"port_last\":99"),
		  false, false, 80, 99, 20, false },
		{ "more than that",
		  ROW("scope", "tcp", "\"port\":80,\"ports\":21,\"port_last\":99"), true, false, 80,
		  80, 21, false },
		{ "without an end", ROW("scope", "tcp", "\"port\":80,\"ports\":17"), true, false,
		  80, 80, 17, false },
		{ "an end beyond",
		  ROW("scope", "tcp", "\"port\":80,\"ports\":17,\"port_last\":65536"), true, false,
		  80, 80, 17, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_answer_rows_ struct answer_rows rows = { 0 };
		_cleanup_(json_freep) struct json *json = read_rows(cases[i].json, &rows);
		const struct answer_row *v = rows.list;

		check_u64(cases[i].name, rows.len, 1);
		check_u64(cases[i].name, rows.lacking, cases[i].lacking);
		check_int(cases[i].name, v->lacking, cases[i].lacking);
		check_int(cases[i].name, v->chosen, cases[i].chosen);
		check_u64(cases[i].name, v->port, cases[i].port);
		check_u64(cases[i].name, v->last, cases[i].last);
		check_u64(cases[i].name, v->ports, cases[i].ports);
		check_int(cases[i].name, v->list != NULL, cases[i].listed);
		check_text(cases[i].name, v->workload, "unknown workload");
	}
}

/* A list of other ports than the row says makes no sense. */
static void test_lists(void **state)
{
	static const struct {
		const char *list;
		bool lacking;
	} cases[] = {
		{ "80-95,99", false },
		{ "80-96", false },
		{ "80-95", true },
		{ "79-94,99", true },
		{ "81-95,98-100", true },
		{ "0,80-95", true },
		{ "80-95,99-100", true },
		{ "", true },
		{ "x", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_answer_rows_ struct answer_rows rows = { 0 };
		_cleanup_(json_freep) struct json *json = NULL;
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text,
			   ROW("scope", "tcp",
			       "\"port\":80,\"ports\":17,\"port_last\":99,\"port_list\":\"%s\""),
			   cases[i].list);
		json = read_rows(text.data, &rows);
		check_int(cases[i].list, rows.list[0].lacking, cases[i].lacking);
	}
}

/* Owners are what has the same name at the next start, and is on the host. */
static void test_owners(void **state)
{
#define WORKLOAD(kind, unit) "\"workload\":{\"kind\":\"" kind "\",\"unit\":\"" unit "\"},"
	static const struct {
		const char *name, *json, *unit, *exe;
	} cases[] = {
		{ "a service", WORKLOAD("unit", "a.service") "\"exe\":\"/bin/a\"", "a.service",
		  "/bin/a" },
		{ "an instance", WORKLOAD("unit", "a@b.service") "\"uid\":0", "a@b.service", NULL },
		{ "a transient one", WORKLOAD("unit", "run-r1.service") "\"exe\":\"/bin/a\"", NULL,
		  "/bin/a" },
		{ "a scope", WORKLOAD("unit", "a.scope") "\"uid\":0", NULL, NULL },
		{ "no name", WORKLOAD("unit", ".service") "\"uid\":0", NULL, NULL },
		{ "a pattern", WORKLOAD("unit", "*.service") "\"uid\":0", NULL, NULL },
		{ "a blank", WORKLOAD("unit", "a b.service") "\"uid\":0", NULL, NULL },
		{ "a line end", WORKLOAD("unit", "a\\nb.service") "\"uid\":0", NULL, NULL },
		{ "a control group", WORKLOAD("cgroup", "a.service") "\"exe\":\"/bin/a\"", NULL,
		  "/bin/a" },
		{ "an unknown one of its name",
		  "\"others\":[{\"comm\":\"x\",\"exe\":\"/bin/x\"}]," WORKLOAD("cgroup",
									       "") "\"comm\":\"x\"",
		  NULL, "/bin/x" },
		{ "an unknown one of another name",
		  "\"others\":[{\"comm\":\"x\",\"exe\":\"/bin/x\"}]," WORKLOAD("cgroup",
									       "") "\"comm\":\"y\"",
		  NULL, NULL },
		{ "an unknown one among the others",
		  "\"others\":[{\"comm\":\"y\"}]," WORKLOAD("cgroup",
							    "") "\"comm\":\"x\",\"exe\":\"/bin/x\"",
		  NULL, NULL },
		{ "a pod", WORKLOAD("pod", "a.service") "\"exe\":\"/bin/a\"", NULL, NULL },
		{ "the kernel", WORKLOAD("kernel", "a.service") "\"exe\":\"/bin/a\"", NULL, NULL },
		{ "a program that was replaced",
		  WORKLOAD("cgroup", "") "\"exe\":\"/bin/a (deleted)\"", NULL, NULL },
		{ "a relative path", WORKLOAD("cgroup", "") "\"exe\":\"bin/a\"", NULL, NULL },
		{ "a path with a *", WORKLOAD("cgroup", "") "\"exe\":\"/bin/*\"", NULL, NULL },
		{ "one program",
		  "\"others\":[{\"exe\":\"/bin/a\"},{}]," WORKLOAD("cgroup",
								   "") "\"exe\":\"/bin/a\"",
		  NULL, "/bin/a" },
		{ "one that ended, and another process of it",
		  "\"others\":[{},{\"exe\":\"/bin/b\"}]," WORKLOAD("cgroup", "") "\"uid\":0", NULL,
		  "/bin/b" },
		{ "one that ended, and two programs",
		  "\"others\":[{\"exe\":\"/bin/a\"},{\"exe\":\"/bin/b\"}]," WORKLOAD(
			  "cgroup", "") "\"uid\":0",
		  NULL, NULL },
		{ "two programs",
		  "\"others\":[{},{\"exe\":\"/bin/b\"}]," WORKLOAD("cgroup",
								   "") "\"exe\":\"/bin/a\"",
		  NULL, NULL },
		{ "two programs of a unit",
		  "\"others\":[{\"exe\":\"/bin/b\"}]," WORKLOAD("unit",
								"a.service") "\"exe\":\"/bin/a\"",
		  "a.service", NULL },
		{ "nothing", "\"uid\":0", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_answer_rows_ struct answer_rows rows = { 0 };
		_cleanup_(json_freep) struct json *json = NULL;
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text, ROW("scope", "tcp", "\"port\":80,%s"), cases[i].json);
		json = read_rows(text.data, &rows);
		check_text(cases[i].name, rows.list[0].unit ? rows.list[0].unit : "-",
			   cases[i].unit ? cases[i].unit : "-");
		check_text(cases[i].name, rows.list[0].exe ? rows.list[0].exe : "-",
			   cases[i].exe ? cases[i].exe : "-");
	}
}

static void test_order(void **state)
{
	_cleanup_answer_rows_ struct answer_rows rows = { 0 };
	_cleanup_(json_freep) struct json *json = read_rows(
		ROW("scope", "udp", "\"port\":7") "," ROW("unregistered", "tcp", "\"port\":81") "," ROW(
			"x", "tcp",
			"\"port\":9") "," ROW("scope", "tcp",
					      "\"port\":80") "," ROW("unregistered", "tcp",
								     "\"port\":5") "," ROW("scope",
											   "tcp",
											   "\"port"
											   "\":80") ",7",
		&rows);

	(void)state;
	check_u64("rows", rows.len, 7);
	check_u64("lacking", rows.lacking, 2);
	check_u64("in the answer's order", rows.list[0].number, 2);
	check_u64("in the answer's order", rows.list[1].number, 6);
	for (size_t i = rows.lacking + 1; i < rows.len; i++) {
		const struct answer_row *a = &rows.list[i - 1], *b = &rows.list[i];
		uint64_t before = (uint64_t)a->proto << 32 | (uint64_t)a->cls << 16 | a->port;
		uint64_t after = (uint64_t)b->proto << 32 | (uint64_t)b->cls << 16 | b->port;

		assert_true(before < after || (before == after && a->number < b->number));
	}
}

/* What an answer for many nodes says besides. Ports that a node serves are all served. */
static void test_nodes(void **state)
{
#define COUNTS                                                                                     \
	",\"sockets\":3,\"nodes\":7,\"nodes_first\":5,\"nodes_of_workload\":9,"                    \
	"\"sockets_of_workload\":2"
#define SOME "\"port\":80,\"ports\":17,\"port_last\":99,\"sockets\":3"
	static const struct {
		const char *name, *json;
		uint64_t nodes, sockets;
	} cases[] = {
		{ "one port", ROW("scope", "tcp", "\"port\":80,\"serves\":true" COUNTS), 7, 3 },
		{ "many", ROW("scope", "tcp", SOME ",\"nodes\":7,\"serves\":false"), 7, 3 },
		{ "many, served", ROW("scope", "tcp", SOME ",\"nodes\":7,\"serves\":true"), 7, 17 },
		{ "of one node", ROW("scope", "tcp", SOME ",\"serves\":true"), 0, 3 },
	};
	_cleanup_answer_rows_ struct answer_rows all = { 0 };
	_cleanup_(json_freep) struct json *whole = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_answer_rows_ struct answer_rows rows = { 0 };
		_cleanup_(json_freep) struct json *json = read_rows(cases[i].json, &rows);

		check_u64(cases[i].name, rows.list[0].nodes, cases[i].nodes);
		check_u64(cases[i].name, rows.list[0].sockets, cases[i].sockets);
	}
	whole = read_rows(cases[0].json, &all);
	check_u64("first", all.list[0].nodes_first, 5);
	check_u64("workload", all.list[0].nodes_of_workload, 9);
	check_u64("at once", all.list[0].at_once, 2);
}

static void test_none(void **state)
{
	_cleanup_answer_rows_ struct answer_rows rows = { 0 };

	(void)state;
	assert_int_equal(answer_rows_read(NULL, &rows), 0);
	check_u64("rows", rows.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_lists),
		cmocka_unit_test(test_owners), cmocka_unit_test(test_order),
		cmocka_unit_test(test_nodes),  cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
