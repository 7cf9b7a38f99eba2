// SPDX-License-Identifier: MIT
/* The same process on the same port in two protocols. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "two protocols",
	  { A(ENTRIES(TCP("3", FULL))), B(ENTRIES(UDP("3", FULL))) },
	  "2.yaml:3 two-protocols udp 3\n" },
	{ "other ports, or another process",
	  { A("entries: [" TCP("3", FULL) UDP("3-4", FULL) "{ports: 3, protocol: sctp, "
							   "process: q" FULL "}]") },
	  "" },
	{ "the same name in another case, in three protocols",
	  { A("entries:\n"
	      "- {ports: 3-4, protocol: sctp, process: Dns" FULL "}\n"
	      "- {ports: 3-4, protocol: udp, process: dns" FULL "}\n"
	      "- {ports: 3-4, protocol: tcp, process: DNS" FULL "}\n") },
	  "1.yaml:5 two-protocols udp 3\n1.yaml:6 two-protocols tcp 3\n" },
	{ "of one protocol",
	  { A(ENTRIES(TCP("3", FULL WORKER) TCP("3", FULL CONTROL_PLANE))) },
	  "" },
	{ "others between them",
	  { A(LINES(TCP("3", FULL) "\n" TCP("9", FULL) "\n" UDP("2", FULL) "\n" UDP("9", FULL))) },
	  "1.yaml:7 two-protocols udp 9\n" },
	{ "the first ports differ", { A(ENTRIES(TCP("2-4", FULL) UDP("3-4", FULL))) }, "" },
	{ "a wider one between them",
	  { A("entries:\n"
	      "- {ports: 3-4, protocol: tcp, process: p" FULL "}\n"
	      "- {ports: 3-5, protocol: udplite, process: p" FULL "}\n"
	      "- {ports: 3-4, protocol: udp, process: p" FULL "}\n"
	      "- {ports: 3-4, protocol: sctp, process: p" FULL "}\n") },
	  "1.yaml:6 two-protocols udp 3\n1.yaml:7 two-protocols sctp 3\n" },
	{ "the last ports differ", { A(ENTRIES(TCP("3-4", FULL) UDP("3-5", FULL))) }, "" },
};

static void test_protocols(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_NOTE, put_lint);
}

static const struct lint_case words[] = {
	{ "two layers",
	  { A(ENTRIES(TCP("3", FULL))), B(ENTRIES(UDP("3", FULL))) },
	  "two-protocols: udp 3 (p) is tcp 3 (p) at 1.yaml:3 as well -> if it speaks one of them "
	  "only, leave the other out\n" },
	{ "accepted by the layer of the other row",
	  { A(ENTRIES(TCP("3", FULL))),
	    B(ENTRIES(UDP("3", FULL)) "\naccept: [{rule: two-protocols, protocol: tcp, ports: 3, "
				      "layer: a, reason: r}]") },
	  "two-protocols: udp 3 (p) is tcp 3 (p) at 1.yaml:3 as well -> if it speaks one of them "
	  "only, leave the other out\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_NOTE, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
