// SPDX-License-Identifier: MIT
#include "compare_cases.h"

static const struct compare_case cases[] = {
	{ "another protocol is no move", "entries: [{ports: 10, " P "p}]",
	  "entries: [{ports: 30, protocol: udp, process: p}]", 0, 0,
	  "- tcp 10 p\n+ udp 30 p\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "another kind is no move", "entries: [{ports: 10, " P "p}]",
	  "retired: [{ports: 30, " P "p, removed: '4.1'}]", 0, 0,
	  "- tcp 10 p\n+ tcp 30 retired p\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "another process is no move", "entries: [{ports: 10, " P "p}]",
	  "entries: [{ports: 30, " P "q}]", 0, 0,
	  "- tcp 10 p\n+ tcp 30 q\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "what has no process does not move", "ranges: [{ports: 10-19, protocol: tcp}]",
	  "ranges: [{ports: 30-39, protocol: tcp}]", 0, 0,
	  "- tcp 10-19 range\n+ tcp 30-39 range\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "a retired row moves", "retired: [{ports: 10, " P "p, removed: '4.1'}]",
	  "retired: [{ports: 30, " P "p, removed: '4.1'}]", 0, 0,
	  "~ tcp 10 -> 30 retired p: the same process, another port\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "digits of a range are not looked at", "entries: [{ports: 9545-9546, " P "p}]",
	  "entries: [{ports: 9454-9455, " P "p}]", 0, 0,
	  "~ tcp 9545-9546 -> 9454-9455 p: the same process, another port\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "two are gone, and one has come", "entries: [{ports: 10, " P "p}, {ports: 20, " P "p}]",
	  "entries: [{ports: 30, " P "p}]", 0, 0,
	  "- tcp 10 p\n- tcp 20 p\n+ tcp 30 p\n1 added, 2 removed, 0 changed, 0 moved\n" },
	{ "each width by itself", "entries: [{ports: 10-19, " P "p}, {ports: 5, " P "p}]",
	  "entries: [{ports: 30-39, " P "p}, {ports: 7, " P "p}]", 0, 0,
	  "~ tcp 5 -> 7 p: the same process, another port\n"
	  "~ tcp 10-19 -> 30-39 p: the same process, another port\n"
	  "0 added, 0 removed, 0 changed, 2 moved\n" },
	{ "each process by itself", "entries: [{ports: 10, " P "p}, {ports: 20, " P "q}]",
	  "entries: [{ports: 30, " P "q}, {ports: 40, " P "p}]", 0, 0,
	  "~ tcp 10 -> 40 p: the same process, another port\n"
	  "~ tcp 20 -> 30 q: the same process, another port\n"
	  "0 added, 0 removed, 0 changed, 2 moved\n" },
	{ "each protocol by itself",
	  "entries: [{ports: 10, " P "p}, {ports: 20, protocol: udp, process: p}]",
	  "entries: [{ports: 30, protocol: udp, process: p}, {ports: 40, " P "p}]", 0, 0,
	  "~ tcp 10 -> 40 p: the same process, another port\n"
	  "~ udp 20 -> 30 p: the same process, another port\n"
	  "0 added, 0 removed, 0 changed, 2 moved\n" },
	{ "a change is no move", "entries: [{ports: 10, " P "p}, {ports: 20, " P "p}]",
	  "entries: [{ports: 10, " P "p, team: t}, {ports: 30, " P "p}]", 0, 0,
	  "~ tcp 10 p\n    team: - -> t\n~ tcp 20 -> 30 p: the same process, another port\n"
	  "0 added, 0 removed, 1 changed, 1 moved\n" },
	{ "a move with a change", "entries: [{ports: 10, " P "p, role: worker}]",
	  "entries: [{ports: 30, " P "p}]", 0, 0,
	  "~ tcp 10 -> 30 p: the same process, another port\n    role: worker -> any\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "a port moves once", "entries: [{ports: 12, " P "p}]",
	  "entries: [{ports: 21, " P "p}, {ports: 30, " P "p}]", 0, 0,
	  "~ tcp 12 -> 21 p: the same service, digits exchanged\n+ tcp 30 p\n"
	  "1 added, 0 removed, 0 changed, 1 moved\n" },
	{ "digits exchanged", "entries: [{ports: 9545, " P "haproxy}]",
	  "entries: [{ports: 9454, " P "HAProxy}]", 0, 0,
	  "~ tcp 9545 -> 9454 haproxy: the same service, digits exchanged\n    process: haproxy -> "
	  "HAProxy\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "moved", "entries: [{ports: 10-19, " P "a b}]", "entries: [{ports: 30-39, " P "a-b}]", 0,
	  0,
	  "~ tcp 10-19 -> 30-39 a b: the same process, another port\n    process: a b -> a-b\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "another width is no move", "entries: [{ports: 10-19, " P "p}]",
	  "entries: [{ports: 30-38, " P "p}]", 0, 0,
	  "- tcp 10-19 p\n+ tcp 30-38 p\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "which one is not clear", "entries: [{ports: 10, " P "p}]",
	  "entries: [{ports: 30, " P "p}, {ports: 40, " P "p}]", 0, 0,
	  "- tcp 10 p\n+ tcp 30 p\n+ tcp 40 p\n2 added, 1 removed, 0 changed, 0 moved\n" },
	{ "what is not clear of one process is of another",
	  "entries: [{ports: 110, " P "a}, {ports: 120, " P "a}, {ports: 200, " P "b}, {ports: "
	  "300, " P "c}, {ports: 400, " P "d}]",
	  "entries: [{ports: 130, " P "a}, {ports: 210, " P "b}, {ports: 220, " P "b}, {ports: "
	  "440, " P "d}]",
	  0, 0,
	  "- tcp 110 a\n- tcp 120 a\n+ tcp 130 a\n- tcp 200 b\n+ tcp 210 b\n+ tcp 220 b\n"
	  "- tcp 300 c\n~ tcp 400 -> 440 d: the same process, another port\n"
	  "3 added, 4 removed, 0 changed, 1 moved\n" },
	{ "digits make it clear, and then the rest",
	  "entries: [{ports: 10, " P "p}, {ports: 8443, " P "p}]",
	  "entries: [{ports: 30, " P "p}, {ports: 8344, " P "p}]", 0, 0,
	  "~ tcp 10 -> 30 p: the same process, another port\n"
	  "~ tcp 8443 -> 8344 p: the same service, digits exchanged\n"
	  "0 added, 0 removed, 0 changed, 2 moved\n" },

	{ "of two whose digits are exchanged, the one that is the same otherwise",
	  "entries: [{ports: 9445, " P "p}, {ports: 9545, " P "p, role: worker}]",
	  "entries: [{ports: 9454, " P "p, role: worker}]", 0, 0,
	  "- tcp 9445 p\n~ tcp 9545 -> 9454 p: the same service, digits exchanged\n"
	  "0 added, 1 removed, 0 changed, 1 moved\n" },
};

static void test_cases(void **state)
{
	(void)state;
	check_cases(cases, ARRAY_LEN(cases));
}

/* The rows of a process: 21, and so many from 20000 on. */
static struct registry *many_rows(uint16_t n)
{
	_cleanup_buf_ struct buf lists = { 0 };

	buf_puts(&lists, "entries:\n  - {ports: 21, " P "p}\n");
	for (uint16_t i = 0; i < n; i++)
		buf_printf(&lists, "  - {ports: %d, " P "p}\n", 20000 + i);
	return registry_of_lists(lists.data);
}

/* Of a process with up to 1024 rows that only one side has, each pair is looked at. */
static void test_bound(void **state)
{
	_cleanup_(registry_freep) struct registry *most = many_rows(1022), *more = many_rows(1023);
	_cleanup_(registry_freep) struct registry *one =
		registry_of_lists("entries: [{ports: 12, " P "p}]");
	_cleanup_differences_ struct differences found = differences_of(most, 0, one, 0);
	_cleanup_differences_ struct differences not = differences_of(more, 0, one, 0);

	(void)state;
	check_u64("moved", differences_count(&found, DIFFERENCE_MOVED), 1);
	check_u64("removed", differences_count(&found, DIFFERENCE_REMOVED), 1022);
	check_u64("added", differences_count(&found, DIFFERENCE_ADDED), 0);
	check_u64("not moved", differences_count(&not, DIFFERENCE_MOVED), 0);
	check_u64("removed", differences_count(&not, DIFFERENCE_REMOVED), 1024);
	check_u64("added", differences_count(&not, DIFFERENCE_ADDED), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
