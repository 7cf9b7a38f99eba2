// SPDX-License-Identifier: MIT
/* Exceptions that have ended, or that no violation can need, beside such as hold. */
#include "lint_rows.h"

#define EXCEPT(ports, class)                                                                       \
	"exceptions: [{ports: " ports                                                              \
	", protocol: tcp, class: " #class ", until: 2099-01-01, reason: r}]\n"

static const struct lint_case cases[] = {
	{ "an exception that holds",
	  { A("exceptions: [{ports: 1, protocol: tcp, class: unregistered, until: 2026-12-01, "
	      "reason: r}]") },
	  "" },
	{ "one that ended yesterday",
	  { A("exceptions: [{ports: 1, protocol: tcp, class: unregistered, until: 2026-11-30, "
	      "reason: r}]") },
	  "1.yaml:3 expired-exception tcp 1\n" },
	{ "registered",
	  { A(EXCEPT("1-2", unregistered) ENTRIES(TCP("1", "") TCP("2", LOCALHOST))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "registered in part", { A(EXCEPT("1-3", unregistered) ENTRIES(TCP("1-2", ""))) }, "" },
	{ "registered by another protocol",
	  { A(EXCEPT("1", unregistered) ENTRIES(UDP("1", ""))) },
	  "" },
	{ "retired", { A(EXCEPT("1", retired) RETIRED("1")) }, "" },
	{ "retired and active",
	  { A(EXCEPT("1", retired) RETIRED("1-2") "\n" ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n1.yaml:5 reused-after-retirement tcp 1\n" },
	{ "not retired", { A(EXCEPT("1", retired)) }, "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "inactive on some nodes",
	  { A(EXCEPT("1", inactive) ENTRIES(TCP("1", ", role: worker"))) },
	  "" },
	{ "inactive on some versions",
	  { A(EXCEPT("1", inactive) ENTRIES(TCP("1", ", since: '4.1'"))) },
	  "" },
	{ "never inactive",
	  { A(EXCEPT("1", inactive) ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "for localhost", { A(EXCEPT("1", scope) ENTRIES(TCP("1", LOCALHOST))) }, "" },
	{ "for all addresses",
	  { A(EXCEPT("1", scope) ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "for localhost by one row, for all addresses by another",
	  { A(EXCEPT("1", scope) ENTRIES(TCP("1", LOCALHOST) TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n1.yaml:4 overlap tcp 1\n" },
	{ "the other one is for some nodes",
	  { A(EXCEPT("1", scope) ENTRIES(TCP("1", LOCALHOST) TCP("1", WORKER))) },
	  "1.yaml:4 overlap tcp 1\n" },
	{ "owners", { A(EXCEPT("1", owner) ENTRIES(TCP("1", ", owners: [{exe: /a}]"))) }, "" },
	{ "no owners",
	  { A(EXCEPT("1", owner) ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "undeclared", { A(EXCEPT("1", undeclared)) }, "" },
	{ "ephemeral", { A(EXCEPT("1", ephemeral)) }, "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "registered by a later layer",
	  { A(EXCEPT("1", unregistered)), B(ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "retired is not registered, and not unregistered",
	  { A(EXCEPT("1", unregistered) RETIRED("1")) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "retired with owners and for localhost",
	  { A("exceptions:\n"
	      "- {ports: 1, protocol: tcp, class: owner, until: 2099-01-01, reason: r}\n"
	      "- {ports: 1, protocol: tcp, class: scope, until: 2099-01-01, reason: r}\n"
	      "- {ports: 2, protocol: tcp, class: owner, until: 2099-01-01, reason: r}\n"
	      "- {ports: 2, protocol: tcp, class: scope, until: 2099-01-01, reason: r}\n"
	      "retired:\n"
	      "- {ports: 1, protocol: tcp, process: q, removed: '4.1', scope: localhost, owners: "
	      "[{exe: /a}]}\n"
	      "- {ports: 2, protocol: tcp, process: q, removed: '4.1'}\n") },
	  "1.yaml:6 exception-without-effect tcp 2\n1.yaml:7 exception-without-effect tcp 2\n" },
	{ "a retired row may be inactive", { A(EXCEPT("1", inactive) RETIRED("1")) }, "" },
	{ "inactive on some platforms",
	  { A(EXCEPT("1", inactive) ENTRIES(TCP("1", ON("aws")))) },
	  "" },
	{ "inactive nowhere, and no row at all",
	  { A(EXCEPT("1", inactive) ENTRIES(TCP("2", WORKER))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "for all addresses on some nodes only, and for localhost",
	  { A(EXCEPT("1", scope) LINES(
		  TCP("1", LOCALHOST) "\n" TCP("1", ON("aws")) "\n" TCP("1", ", since: '4.1'"))) },
	  "1.yaml:6 overlap tcp 1\n1.yaml:7 overlap tcp 1\n" },
	{ "one port of many is enough",
	  { A(EXCEPT("1-9", owner) ENTRIES(TCP("9", ", owners: [{exe: /a}]"))) },
	  "" },
	{ "the port beside it is not",
	  { A(EXCEPT("1-8", owner) ENTRIES(TCP("9", ", owners: [{exe: /a}]"))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "every port, at the ends",
	  { A("exceptions:\n"
	      "- {ports: 1, protocol: udp, class: unregistered, until: 2099-01-01, reason: r}\n"
	      "- {ports: 65535, protocol: sctp, class: undeclared, until: 2099-01-01, reason: r}\n"
	      "- {ports: 65535, protocol: udplite, class: unregistered, until: 2099-01-01, reason: "
	      "r}\n") },
	  "" },
};

static void test_exceptions(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_WARNING, put_lint);
}

static const struct lint_case words[] = {
	{ "ended, and without effect",
	  { A("exceptions:\n"
	      "- {ports: 1-2, protocol: tcp, class: unregistered, until: 2026-11-30, reason: r}\n"
	      "- {ports: 3, protocol: udp, class: scope, until: 2099-01-01, reason: r}\n") },
	  "expired-exception: the exception of tcp 1-2 for class unregistered ended on 2026-11-30 "
	  "-> leave it out, or set a later day\n"
	  "exception-without-effect: the exception of udp 3 is for class scope, which these layers "
	  "do not bring -> leave it out, or name the class that `hostportctl explain` shows\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_WARNING, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exceptions),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
