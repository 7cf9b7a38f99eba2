// SPDX-License-Identifier: MIT
/* Rows that leave something out, and notes without words. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "nothing is missing", { A(ENTRIES(TCP("1", FULL))) }, "" },
	{ "one finding for all rows of a layer",
	  { A(LINES(TCP("1", FULL) "\n" TCP("2", ", team: t") "\n" TCP("3", ""))),
	    B(ENTRIES(TCP("4", ", since: '4.1'"))) },
	  "1.yaml:5 missing-since\n1.yaml:6 missing-team\n2.yaml:3 missing-team\n" },
	{ "notes without words",
	  { A(ENTRIES(TCP("1", FULL NOTES("?")) TCP("2", FULL NOTES(" -- ?"))
			      TCP("3", FULL NOTES("\303\274?")) TCP("4", FULL NOTES("5")))) },
	  "1.yaml:3 unclear-notes tcp 1\n1.yaml:3 unclear-notes tcp 2\n" },
	{ "retired rows need no team, but words",
	  { A("retired: [{protocol: tcp, ports: 1, process: p, removed: '4.1', notes: '?'}]") },
	  "1.yaml:3 unclear-notes tcp 1\n" },
	{ "each layer has its own",
	  { A(ENTRIES(TCP("1", FULL) TCP("2", FULL))), B(ENTRIES(TCP("3", ", team: t"))),
	    C(ENTRIES(TCP("4", FULL) TCP("5", ""))) },
	  "2.yaml:3 missing-since\n3.yaml:3 missing-team\n3.yaml:3 missing-since\n" },
};

static void test_missing(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_NOTE, put_lint);
}

#define UNTIL(n) TCP("1" n, ", since: '4.1'")
#define FIVE	 UNTIL("0-11") UNTIL("2") UNTIL("3") UNTIL("4") UNTIL("5")
static const struct lint_case words[] = {
	{ "one of two",
	  { A(ENTRIES(TCP("1", FULL) TCP("2", ", team: t"))) },
	  "missing-since: 1 of 2 entries do not say since when they hold: 2 -> since: \"X.Y\"\n" },
	{ "five are named",
	  { A(ENTRIES(FIVE)) },
	  "missing-team: 5 of 5 entries name no team: 10-11, 12, 13, 14, 15 -> team: whom to "
	  "ask\n" },
	{ "the sixth is not",
	  { A(ENTRIES(FIVE UNTIL("6") TCP("17", FULL))) },
	  "missing-team: 6 of 7 entries name no team: 10-11, 12, 13, 14, 15, ... -> team: whom to "
	  "ask\n" },
	{ "notes",
	  { A(ENTRIES(TCP("1", FULL NOTES("-?-")))) },
	  "unclear-notes: tcp 1 (p): notes say \"-?-\" -> notes: what the port is for\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_NOTE, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
