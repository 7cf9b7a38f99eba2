// SPDX-License-Identifier: MIT
/* Ports that are registered, and previously allocated as well. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "retired alone", { A(RETIRED("2") "\n" ENTRIES(TCP("1", "") UDP("2", ""))) }, "" },
	{ "active again",
	  { A(RETIRED("2-3") "\n" ENTRIES(TCP("3-4", ""))) },
	  "1.yaml:4 reused-after-retirement tcp 3\n" },
	{ "retired by a later layer",
	  { A(ENTRIES(TCP("1", ""))), B(RETIRED("1")) },
	  "2.yaml:3 reused-after-retirement tcp 1\n" },
	{ "the retired row is dropped",
	  { A(RETIRED("1")),
	    B(ENTRIES(TCP("1", "")) "\ndrop: [{ports: 1, protocol: tcp, reason: r}]") },
	  "" },
	{ "of another protocol", { A(RETIRED("1-9") "\n" ENTRIES(UDP("1-9", ""))) }, "" },
	{ "each entry has one finding, beside those that have none",
	  { A("retired: [{protocol: tcp, ports: 5, process: q, removed: '4.1'}, {protocol: tcp, "
	      "ports: 7, process: q, removed: '4.1'}]\n" LINES(
		      TCP("4", "") "\n" TCP("5-7", "") "\n" TCP("6", WORKER) "\n" TCP("8", ""))) },
	  "1.yaml:6 reused-after-retirement tcp 5\n1.yaml:7 overlap tcp 6\n" },
};

static void test_reuse(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_WARNING, put_lint);
}

static const struct lint_case words[] = {
	{ "of one layer, and of an earlier one",
	  { A(RETIRED("1-2") "\n" ENTRIES(TCP("1", ""))), B(ENTRIES(TCP("2", WORKER))) },
	  "reused-after-retirement: tcp 1-2 (q) at 1.yaml:3 was removed in 4.1, and is active as "
	  "tcp 1 (p) at 1.yaml:4 -> take another port; or drop the retired row of layer a once no "
	  "cluster uses it\n"
	  "reused-after-retirement: tcp 1-2 (q) at 1.yaml:3 was removed in 4.1, and is active as "
	  "tcp 2 (p) at 2.yaml:3 -> take another port; or drop the retired row of layer a once no "
	  "cluster uses it\n" },
	{ "of a later layer",
	  { A(ENTRIES(TCP("1-2", ""))), B(RETIRED("2")) },
	  "reused-after-retirement: tcp 2 (q) at 2.yaml:3 was removed in 4.1, and is active as tcp "
	  "1-2 (p) at 1.yaml:3 -> drop the entry of layer a, or leave this row out\n" },
	{ "the layer of the other row accepts it",
	  { A(ENTRIES(TCP("1-2", ""))),
	    B(RETIRED(
		    "2") "\naccept: [{rule: reused-after-retirement, ports: 1-2, layer: a, reason: "
			 "r}, {rule: reused-after-retirement, ports: 3, reason: r}]") },
	  "reused-after-retirement: tcp 2 (q) at 2.yaml:3 was removed in 4.1, and is active as tcp "
	  "1-2 (p) at 1.yaml:3 -> drop the entry of layer a, or leave this row out\n"
	  "unused-accept: there is no finding of rule reused-after-retirement to accept -> leave "
	  "it "
	  "out\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_WARNING, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
