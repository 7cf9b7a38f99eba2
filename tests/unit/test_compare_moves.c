// SPDX-License-Identifier: MIT
#include "compare_cases.h"

static const struct compare_case cases[] = {
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
