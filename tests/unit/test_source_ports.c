// SPDX-License-Identifier: MIT
/* Source ports of clients that are registered as well. */
#include "lint_rows.h"

#define CLIENT(proto, ports)                                                                       \
	"{protocol: " proto ", ports: " ports ", process: q, owners: [{unit: q.service}]}"
#define CLIENTS(rows) "clients: [" rows "]"

static const struct lint_case cases[] = {
	{ "no entry among them",
	  { A(CLIENTS(CLIENT("tcp", "10-19")) "\n" ENTRIES(TCP("9", FULL) TCP("20", FULL))) },
	  "" },
	{ "an entry of another protocol",
	  { A(CLIENTS(CLIENT("udp", "10-19")) "\n" ENTRIES(TCP("10-19", FULL))) },
	  "" },
	{ "an exception registers nothing",
	  { A(CLIENTS(CLIENT(
		  "tcp", "10-19")) "\n"
				   "exceptions: [{ports: 10, protocol: tcp, class: unregistered, "
				   "until: 2099-01-01, reason: r}]") },
	  "" },
	{ "an entry of an earlier layer, and of a later one",
	  { A(ENTRIES(TCP("10", FULL))), B(CLIENTS(CLIENT("tcp", "10-19"))),
	    "version: 1\nname: c\n" ENTRIES(TCP("19", FULL)) },
	  "2.yaml:3 client-over-entry tcp 10\n" },
	{ "the entry is dropped",
	  { A(ENTRIES(TCP("10", FULL))),
	    B(CLIENTS(CLIENT("tcp", "10-19")) "\ndrop: [{ports: 10, protocol: tcp, reason: r}]") },
	  "" },
	{ "the client is dropped",
	  { A(CLIENTS(CLIENT("tcp", "10")) "\n" ENTRIES(TCP("10", FULL))),
	    B("drop: [{ports: 10, protocol: tcp, reason: r}]\n" ENTRIES(TCP("10", FULL))) },
	  "" },
};

static void test_source_ports(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_NOTE, put_lint);
}

static const struct lint_case words[] = {
	{ "the registered ports",
	  { A(CLIENTS(CLIENT("tcp", "10-30")) "\n" ENTRIES(TCP("9-11", FULL) TCP("30", FULL))) },
	  "client-over-entry: tcp 10-30 (q) may take registered ports: 10-11,30 -> leave them out "
	  "of its ports, or configure the program to avoid them\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_NOTE, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_ports),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
