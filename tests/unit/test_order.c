// SPDX-License-Identifier: MIT
/* Rows that are not where a reader looks for them. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "tables are sorted each",
	  { A(ENTRIES(TCP("5", FULL) UDP("4", FULL) TCP("3", FULL LOCALHOST) TCP("6", FULL))),
	    B(ENTRIES(TCP("2", FULL))) },
	  "" },
	{ "one stands after a higher one",
	  { A(LINES(TCP("3", FULL) "\n" TCP("2", FULL) "\n" TCP("4", FULL))) },
	  "1.yaml:5 unsorted tcp 2\n" },
	{ "the table of a row that says so",
	  { A(ENTRIES(TCP("3", FULL) TCP("2", FULL LOCALHOST EXTERNAL_TABLE))) },
	  "1.yaml:3 unsorted tcp 2\n" },
	{ "retired rows are one table",
	  { A("retired: [{protocol: udp, ports: 3, process: p, removed: '4.1'}, {protocol: tcp, "
	      "ports: 2, process: p, scope: localhost, removed: '4.1'}]") },
	  "1.yaml:3 unsorted tcp 2\n" },
	{ "one port twice is in order",
	  { A(ENTRIES(TCP("3", FULL WORKER) TCP("3", FULL CONTROL_PLANE))) },
	  "" },
	{ "each stands after the one before it",
	  { A(LINES(TCP("3", FULL) "\n" TCP("1", FULL) "\n" TCP("2", FULL))) },
	  "1.yaml:5 unsorted tcp 1\n" },
	{ "the localhost table is one, whatever the scope and protocol",
	  { A(LINES(UDP("3", FULL LOCALHOST) "\n" TCP("2", FULL ", table: localhost"))) },
	  "1.yaml:5 unsorted tcp 2\n" },
	{ "retired rows of two layers", { A(RETIRED("5")), B(RETIRED("4")) }, "" },
};

static void test_order(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_NOTE, put_lint);
}

static const struct lint_case words[] = {
	{ "after",
	  { A(ENTRIES(TCP("3-4", FULL) TCP("2", FULL))) },
	  "unsorted: tcp 2 (p) stands after tcp 3-4 (p)\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_NOTE, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
