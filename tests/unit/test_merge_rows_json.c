// SPDX-License-Identifier: MIT
#include "merge_makers.h"

static const char *const names[] = { "n1", "n2", "n3" };

static void put(const struct merge_rows *rows, struct buf *out)
{
	struct jsonw w = { .out = out };

	assert_int_equal(merge_rows_put(rows, (char *const *)names, &w), 0);
}

static void test_none(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct merge_rows rows = { 0 };

	(void)state;
	put(&rows, &out);
	check_text("none", out.data, "\"violations\":[]");
	merge_rows_free(&rows);
}

/* Rows of most nodes come first. */
static void test_rows(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct merge_rows rows = { 0 };

	(void)state;
	add_node(&rows, 1, "n1", SEEN("81", UNIT_A));
	add_node(&rows, 2, "n2", SEEN("80", UNIT_A));
	add_node(&rows, 3, "n3",
		 SEEN_ROW("tcp", "80", UNIT_A,
			  ",\"uid\":7,\"address\":\"::\",\"sockets\":1,\"count\":2,"
			  "\"first\":\"2026-11-22T20:11:31.123456789Z\","
			  "\"last\":\"2026-11-22T20:12:02.000000000Z\","
			  "\"others\":[{\"comm\":\"x\",\"uid\":8}]"));
	put(&rows, &out);
	check_text("rows", out.data,
		   "\"violations\":[{\"class\":\"unregistered\",\"protocol\":\"tcp\",\"port\":80,"
		   "\"workload\":{\"kind\":\"unit\",\"unit\":\"a.service\"},\"uid\":0,"
		   "\"comm\":\"a\",\"exe\":\"/a\",\"others\":[{\"uid\":8,\"comm\":\"x\"}],"
		   "\"source\":\"listener\",\"sockets\":1,\"sockets_of_workload\":1,"
		   "\"serves\":false,\"count\":3,"
		   "\"first\":\"2026-11-22T20:11:31.123456789Z\","
		   "\"last\":\"2026-11-22T20:12:02.000000000Z\",\"nodes\":2,\"nodes_first\":2,"
		   "\"nodes_of_workload\":3,\"node\":\"n2\"},"
		   "{\"class\":\"unregistered\",\"protocol\":\"tcp\",\"port\":81,"
		   "\"workload\":{\"kind\":\"unit\",\"unit\":\"a.service\"},\"uid\":0,"
		   "\"comm\":\"a\",\"exe\":\"/a\",\"source\":\"violation\",\"sockets\":0,"
		   "\"sockets_of_workload\":1,\"serves\":false,\"count\":1,\"nodes\":1,"
		   "\"nodes_first\":1,\"nodes_of_workload\":3,\"node\":\"n1\"}]");
	merge_rows_free(&rows);
}

static void test_many(void **state)
{
	_cleanup_buf_ struct buf out = { 0 }, more = { 0 };
	struct merge_rows rows = { 0 };

	(void)state;
	add_node(&rows, 1, "n1",
		 SEEN_ROW("udp", "1000", UNIT_A,
			  ",\"ports\":3,\"port_last\":1005,\"port_list\":\"1000,1003,1005\","
			  "\"sockets\":2"));
	put(&rows, &out);
	check_text("listed", out.data,
		   "\"violations\":[{\"class\":\"unregistered\",\"protocol\":\"udp\",\"port\":1000,"
		   "\"ports\":3,\"port_last\":1005,\"port_list\":\"1000,1003,1005\","
		   "\"workload\":{\"kind\":\"unit\",\"unit\":\"a.service\"},\"uid\":0,"
		   "\"comm\":\"a\",\"exe\":\"/a\",\"source\":\"listener\",\"sockets\":2,"
		   "\"serves\":true,\"count\":0,\"nodes\":1,\"nodes_of_workload\":1,"
		   "\"node\":\"n1\"}]");
	add_node(&rows, 2, "n2",
		 SEEN_ROW("udp", "900", UNIT_A, ",\"ports\":99,\"port_last\":60000"));
	put(&rows, &more);
	assert_non_null(strstr(more.data, "\"port\":900,\"ports\":99,\"port_last\":60000,\"work"));
	assert_null(strstr(more.data, "port_list"));
	assert_non_null(strstr(more.data, "\"nodes\":2,"));
	merge_rows_free(&rows);
}

/* A port that pods declare and nobody binds has no process. */
static void test_declared(void **state)
{
	_cleanup_buf_ struct buf out = { 0 }, more = { 0 };
	struct merge_rows rows = { 0 };

	(void)state;
	add_node(&rows, 1, "n1",
		 SEEN_ROW("tcp", "80", "\"workload\":{\"kind\":\"pod\",\"pod\":\"p\"}",
			  ",\"source\":\"declared\""));
	put(&rows, &out);
	assert_non_null(strstr(out.data, "\"source\":\"declared\""));
	assert_null(strstr(out.data, "\"uid\":0"));
	add_node(&rows, 2, "n2",
		 SEEN_ROW("tcp", "80", "\"workload\":{\"kind\":\"pod\",\"pod\":\"p\"}",
			  ",\"source\":\"violation\",\"comm\":\"x\""));
	put(&rows, &more);
	assert_non_null(strstr(more.data, "\"source\":\"violation\""));
	merge_rows_free(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_declared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
