// SPDX-License-Identifier: MIT
/* Entries whose ports differ by exchanged digits, and such as only seem to. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "neighbouring digits",
	  { A(ENTRIES(TCP("8081", "") TCP("8018", ""))) },
	  "1.yaml:3 transposed-digits tcp 8018\n" },
	{ "digits for one another",
	  { A(ENTRIES(TCP("9545", ""))), B(ENTRIES(TCP("9454", ""))) },
	  "2.yaml:3 transposed-digits tcp 9454\n" },
	{ "upper and lower case are one",
	  { A("entries: [{ports: 12, protocol: tcp, process: Etcd}, {ports: 21, protocol: tcp, "
	      "process: etcD}]") },
	  "1.yaml:3 transposed-digits tcp 21\n" },
	{ "digits apart, another number, fewer digits",
	  { A(ENTRIES(TCP("8018", "") TCP("1088", "") TCP("8019", "") TCP("1010", "")
			      TCP("110", ""))) },
	  "" },
	{ "another process, role or protocol",
	  { A("entries: [" TCP("8081", "") "{ports: 8018, protocol: tcp, process: q}, " TCP(
		  "8801", WORKER) UDP("8018", "") "]") },
	  "" },
	{ "another scope or application",
	  { A(ENTRIES(TCP("9545", LOCALHOST) TCP("9454", "") TCP("7079", "")
			      TCP("7097", ", application: HTTP"))) },
	  "" },
#define EIGHT(of)                                                                                  \
	TCP(#of "0", "")                                                                           \
	TCP(#of "1", "")                                                                           \
	TCP(#of "2", "")                                                                           \
	TCP(#of "3", "") TCP(#of "4", "") TCP(#of "5", "") TCP(#of "6", "") TCP(#of "7", "")
#define SEVEN                                                                                      \
	TCP("90", "")                                                                              \
	TCP("91", "") TCP("92", "") TCP("93", "") TCP("94", "") TCP("95", "") TCP("96", "")
	{ "a list of a process", { A(ENTRIES(EIGHT(8) EIGHT(9) TCP("78", ""))) }, "" },
	{ "the longest that is no list",
	  { A(ENTRIES(EIGHT(8) SEVEN TCP("78", ""))) },
	  "1.yaml:3 transposed-digits tcp 78\n" },
	{ "the last of five digits",
	  { A(ENTRIES(TCP("10012", "") TCP("10021", ""))) },
	  "1.yaml:3 transposed-digits tcp 10021\n" },
	{ "ranges are not typed so", { A(ENTRIES(TCP("8018-8019", "") TCP("8081", ""))) }, "" },
	{ "an application that one of them leaves out, and the same one",
	  { A(ENTRIES(TCP("12", ", application: H") TCP("21", "") TCP("34", ", application: H")
			      TCP("43", ", application: h"))) },
	  "1.yaml:3 transposed-digits tcp 43\n" },
	{ "neighbours only, of several",
	  { A(LINES(TCP("112", "") "\n" TCP("121", "") "\n" TCP("211", ""))) },
	  "1.yaml:5 transposed-digits tcp 121\n1.yaml:6 transposed-digits tcp 211\n" },
};

static void test_digits(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_WARNING, put_lint);
}

static const struct lint_case words[] = {
	{ "of one layer",
	  { A(LINES(TCP("8018", "") "\n" TCP("8081", ""))) },
	  "transposed-digits: tcp 8081 (p) and port 8018 at 1.yaml:4 differ by exchanged digits "
	  "only -> if one is a typing error, leave it out\n" },
	{ "of two layers",
	  { A(ENTRIES(TCP("9545", ""))), B(ENTRIES(TCP("9454", ""))) },
	  "transposed-digits: tcp 9454 (p) and port 9545 at 1.yaml:3 differ by exchanged digits "
	  "only -> if the earlier one is a typing error: drop: [{ports: 9545, protocol: tcp, "
	  "layer: "
	  "a, reason: \"typing error for 9454\"}]\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_WARNING, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
