// SPDX-License-Identifier: MIT
#include "merge_makers.h"

static void free_rows(struct merge_rows *rows)
{
	merge_rows_free(rows);
}
#define _cleanup_rows_ _cleanup_(free_rows)

/* The only row that stands for a port; NULL: there is none. */
static const struct merge_row *row_of(const struct merge_rows *rows, uint64_t port)
{
	const struct merge_row *found = NULL;

	for (size_t i = 0; i < rows->len; i++) {
		const struct merge_row *row = &rows->list[i];

		if (row->folded || row->ports || row->port != port)
			continue;
		assert_null(found);
		found = row;
	}
	return found;
}

static const struct merge_row *many_of(const struct merge_rows *rows)
{
	const struct merge_row *found = NULL;

	for (size_t i = 0; i < rows->len; i++)
		if (rows->list[i].ports) {
			assert_null(found);
			found = &rows->list[i];
		}
	return found;
}

/* One workload's port is one row, on however many nodes. */
static void test_nodes(void **state)
{
	_cleanup_rows_ struct merge_rows rows = { 0 };

	(void)state;
	add_node(&rows, 1, "n1", SEEN("80", UNIT_A) "," SEEN("81", UNIT_A));
	add_node(&rows, 2, "n2", SEEN("80", UNIT_A) "," OPEN("80", UNIT_B));
	add_node(&rows, 3, "n3", SEEN("80", UNIT_B) "," SEEN_ROW("udp", "80", UNIT_A, ""));
	check_u64("rows", rows.len, 4);
	check_u64("a: 80: nodes", rows.list[0].nodes, 2);
	check_u64("a: 80: the first", rows.list[0].example, 1);
	check_u64("a: 80: count", rows.list[0].count, 2);
	check_u64("a: 81: nodes", row_of(&rows, 81)->nodes, 1);
	check_u64("b: 80: nodes", rows.list[2].nodes, 2);
	check_u64("a: nodes of the workload", rows.sources[0].nodes, 2);
	check_u64("80: nodes in all", rows.list[0].first_nodes + rows.list[2].first_nodes, 3);
}

/* Sockets are those of the node with most, not of all. */
static void test_sockets(void **state)
{
	_cleanup_rows_ struct merge_rows rows = { 0 };

	(void)state;
	add_node(&rows, 1, "n1", OPEN("700", UNIT_A) "," OPEN("8080", UNIT_A));
	add_node(&rows, 2, "n2", OPEN("700", UNIT_A) "," OPEN("701", UNIT_A));
	add_node(&rows, 3, "n3", SEEN("700", UNIT_A));
	check_u64("700", row_of(&rows, 700)->sockets, 1);
	check_u64("all", rows.sources[0].sockets, 2);
	check_u64("reserved ports", rows.sources[0].most[0], 2);
	check_u64("other ports", rows.sources[0].most[1], 1);
	assert_true(rows.sources[0].serves);
}

/* A workload with one port open is no server of many; one that has none open is none either. */
static void test_serves(void **state)
{
	static const struct {
		const char *name, *rows;
		bool serves;
	} cases[] = {
		{ "one of one", OPEN("700", UNIT_A), false },
		{ "two of two", OPEN("700", UNIT_A) "," OPEN("701", UNIT_A), true },
		{ "one of two", OPEN("700", UNIT_A) "," SEEN("701", UNIT_A), false },
		{ "none of two", SEEN("700", UNIT_A) "," SEEN("701", UNIT_A), false },
		{ "half of many",
		  SEEN_ROW("tcp", "700", UNIT_A, ",\"ports\":20,\"port_last\":790,\"sockets\":10"),
		  true },
		{ "fewer of many",
		  SEEN_ROW("tcp", "700", UNIT_A, ",\"ports\":20,\"port_last\":790,\"sockets\":9"),
		  false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_rows_ struct merge_rows rows = { 0 };

		add_node(&rows, 1, "n1", cases[i].rows);
		check_int(cases[i].name, rows.sources[0].serves, cases[i].serves);
	}
}

/* More ports than a workload may have rows are one row, as on one node. */
static void test_many(void **state)
{
	_cleanup_rows_ struct merge_rows rows = { 0 };
	const struct merge_row *many;

	(void)state;
	add_node(&rows, 1, "n1", SEEN("0", UNIT_A)); /* no row of a registry can be about it */
	for (size_t i = 1; i < IMPACT_PORTS_MAX; i++) {
		_cleanup_buf_ struct buf list = { 0 };

		buf_printf(&list, SEEN("%zu", UNIT_A), 700 + 2 * i);
		add_node(&rows, i + 1, "n", list.data);
	}
	assert_null(many_of(&rows));
	add_node(&rows, 99, "n99", OPEN("699", UNIT_A));
	many = many_of(&rows);
	assert_non_null(many);
	assert_null(row_of(&rows, 702));
	assert_non_null(row_of(&rows, 0));
	check_u64("ports", portset_count(many->ports), IMPACT_PORTS_MAX);
	check_u64("first", many->first, 699);
	check_u64("last", many->last, 700 + 2 * (IMPACT_PORTS_MAX - 1));
	check_u64("count", many->count, IMPACT_PORTS_MAX - 1);
	check_u64("nodes", rows.sources[many->source].nodes, IMPACT_PORTS_MAX + 1);
	check_u64("the first", many->example, 2);
	check_u64("processes", many->processes_len, 1);
	add_node(&rows, 100, "n100", SEEN("702", UNIT_A));
	check_u64("once more", portset_count(many_of(&rows)->ports), IMPACT_PORTS_MAX);
	assert_null(row_of(&rows, 702));
}

/* Ports that a node does not list are counted, and so is a whole range. */
static void test_unlisted(void **state)
{
	_cleanup_rows_ struct merge_rows rows = { 0 };

	(void)state;
	add_node(&rows, 1, "n1",
		 SEEN_ROW("tcp", "1000", UNIT_A, ",\"ports\":20,\"port_last\":1019"));
	check_u64("a range", portset_count(many_of(&rows)->ports), 20);
	check_u64("a range: all are known", many_of(&rows)->unlisted, 0);
	add_node(&rows, 2, "n2",
		 SEEN_ROW("tcp", "900", UNIT_A,
			  ",\"ports\":3,\"port_last\":1050,\"port_list\":\"900,1001,1050\""));
	check_u64("a list", portset_count(many_of(&rows)->ports), 22);
	check_u64("a list: the first", many_of(&rows)->first, 900);
	add_node(&rows, 3, "n3",
		 SEEN_ROW("tcp", "800", UNIT_A, ",\"ports\":99,\"port_last\":60000"));
	check_u64("not listed", many_of(&rows)->unlisted, 99);
	check_u64("not listed: the last", many_of(&rows)->last, 60000);
}

/* Ports that make no sense are not named. */
static void test_lacking(void **state)
{
	_cleanup_rows_ struct merge_rows rows = { 0 };

	(void)state;
	add_node(&rows, 1, "n1",
		 SEEN_ROW("tcp", "1000", UNIT_A, ",\"ports\":20,\"port_last\":999") "," SEEN_ROW(
			 "dccp", "5000", UNIT_A, "") "," SEEN("65536", UNIT_A));
	assert_null(row_of(&rows, 1000));
	assert_true(row_of(&rows, 0)->lacking);
	assert_true(row_of(&rows, 5000)->lacking);
	assert_true(row_of(&rows, 65536)->lacking);
}

/* Different processes are kept, and of more than there is room for another program. */
static void test_processes(void **state)
{
	_cleanup_rows_ struct merge_rows rows = { 0 };
	const struct merge_row *row;

	(void)state;
	for (size_t i = 0; i < 2 * MERGE_PROCESSES_MAX; i++) {
		_cleanup_buf_ struct buf list = { 0 };

		buf_printf(&list,
			   SEEN_ROW("tcp", "80", "\"workload\":{\"kind\":\"cgroup\"},",
				    "\"comm\":\"c%zu\",\"pid\":%zu,\"others\":[{\"comm\":\"c0\"}]"),
			   i, i);
		add_node(&rows, i + 1, "n", list.data);
	}
	row = row_of(&rows, 80);
	check_u64("bounded", row->processes_len, MERGE_PROCESSES_MAX);
	check_text("the first", row->processes[0].comm, "c0");
	add_node(&rows, 99, "n99",
		 SEEN_ROW("tcp", "80", "\"workload\":{\"kind\":\"cgroup\"},",
			  "\"comm\":\"x\",\"exe\":\"/x\""));
	row = row_of(&rows, 80);
	check_u64("still bounded", row->processes_len, MERGE_PROCESSES_MAX);
	check_text("a program", row->processes[MERGE_PROCESSES_MAX - 1].exe, "/x");
}

/* What there is no room for is counted, and what is there still counts. */
static void test_bound(void **state)
{
	_cleanup_rows_ struct merge_rows rows = { 0 };
	size_t ports = 16;

	(void)state;
	for (size_t i = 0; i < MERGE_ROWS_MAX / ports + 2; i++) {
		_cleanup_buf_ struct buf list = { 0 };

		for (size_t p = 1; p <= ports; p++)
			buf_printf(&list,
				   "%s{\"class\":\"scope\",\"protocol\":\"tcp\",\"port\":%zu,"
				   "\"workload\":{\"kind\":\"unit\",\"unit\":\"u%zu.service\"}}",
				   p > 1 ? "," : "", p, i);
		add_node(&rows, i + 1, "n", list.data);
	}
	check_u64("rows", rows.len, MERGE_ROWS_MAX);
	check_u64("left out", rows.left_out, 2 * ports);
	add_node(&rows, 100000, "n",
		 "{\"class\":\"scope\",\"protocol\":\"tcp\",\"port\":1,"
		 "\"workload\":{\"kind\":\"unit\",\"unit\":\"u0.service\"}}");
	check_u64("left out: no more", rows.left_out, 2 * ports);
	check_u64("nodes", rows.list[0].nodes, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nodes),	  cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_serves),	  cmocka_unit_test(test_many),
		cmocka_unit_test(test_unlisted),  cmocka_unit_test(test_lacking),
		cmocka_unit_test(test_processes), cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
