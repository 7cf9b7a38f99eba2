// SPDX-License-Identifier: MIT
/* Where the ports of entries lie: beside each range, at its ends, in it. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "in a documented range", { A(GENERAL ENTRIES(TCP("9850", ""))) }, "" },
	{ "outside of it",
	  { A(GENERAL ENTRIES(TCP("8999", "") TCP("10000", ""))) },
	  "1.yaml:4 outside-documented-range tcp 8999\n"
	  "1.yaml:4 outside-documented-range tcp 10000\n" },
	{ "partly",
	  { A(GENERAL ENTRIES(TCP("9998-10000", ""))) },
	  "1.yaml:4 outside-documented-range tcp 9998\n" },
	{ "two ranges side by side",
	  { A(GENERAL), B(RANGES("{protocol: tcp, ports: 10000}") ENTRIES(TCP("9000-10000", ""))) },
	  "" },
	{ "of another protocol",
	  { A(GENERAL ENTRIES(UDP("9850", ""))) },
	  "1.yaml:4 outside-documented-range udp 9850\n" },
	{ "no ranges at all", { A(ENTRIES(TCP("80", ""))) }, "" },
	{ "dropped rows are not looked at",
	  { A(GENERAL ENTRIES(TCP("80", ""))), B("drop: [{ports: 80, protocol: tcp, reason: r}]") },
	  "" },

	{ "localhost outside of ranges", { A(GENERAL ENTRIES(TCP("10000", LOCALHOST))) }, "" },
	{ "localhost inside, at its ends",
	  { A(GENERAL ENTRIES(TCP("9000", LOCALHOST) TCP("9999-10005", LOCALHOST))) },
	  "1.yaml:4 localhost-in-range tcp 9000\n1.yaml:4 localhost-in-range tcp 9999\n" },
	{ "a range that a later layer documents",
	  { A(GENERAL ENTRIES(TCP("80", LOCALHOST))), B(RANGES("{protocol: tcp, ports: 80}")) },
	  "1.yaml:4 localhost-in-range tcp 80\n" },

	{ "beside the ephemeral range",
	  { A(ENTRIES(TCP("61000", "") UDP("32767-32767", LOCALHOST))) },
	  "1.yaml:3 in-nodeport-range udp 32767\n" },
	{ "in the ephemeral range",
	  { A(ENTRIES(TCP("60999", "") UDP("32768", LOCALHOST))) },
	  "1.yaml:3 in-ephemeral-range tcp 60999\n1.yaml:3 in-ephemeral-range udp 32768\n" },
	{ "over its edge, and over that of the node ports",
	  { A(ENTRIES(TCP("32767-32768", ""))) },
	  "1.yaml:3 in-ephemeral-range tcp 32767\n1.yaml:3 in-nodeport-range tcp 32767\n" },
	{ "beside the node ports", { A(ENTRIES(TCP("29999", ""))) }, "" },
	{ "in the node ports",
	  { A(ENTRIES(TCP("29990-30000", ""))) },
	  "1.yaml:3 in-nodeport-range tcp 29990\n" },
	{ "UDP-Lite has no Services",
	  { A("entries: [{protocol: udplite, ports: 30000, process: p}]") },
	  "" },
	{ "retired rows may lie anywhere",
	  { A(GENERAL "retired: [{protocol: tcp, ports: 40000, process: p, removed: '4.1'}]") },
	  "" },
	{ "all of the node ports and more, in each protocol of a Service",
	  { A("entries: [\n{protocol: tcp, ports: 29000-32767, process: p},\n"
	      "{protocol: udp, ports: 30000-32767, process: p},\n"
	      "{protocol: sctp, ports: 32767, process: p}]") },
	  "1.yaml:4 in-nodeport-range tcp 29000\n1.yaml:5 in-nodeport-range udp 30000\n"
	  "1.yaml:6 in-nodeport-range sctp 32767\n" },
	{ "around the ephemeral range",
	  { A(ENTRIES(TCP("32768-65535", LOCALHOST))) },
	  "1.yaml:3 in-ephemeral-range tcp 32768\n" },
	{ "localhost around a range, and beside it",
	  { A(GENERAL ENTRIES(TCP("8000-10000", LOCALHOST) TCP("7999", LOCALHOST))) },
	  "1.yaml:4 localhost-in-range tcp 8000\n" },
	{ "one port short of the range",
	  { A(GENERAL ENTRIES(TCP("9000-9999", "") TCP("8999-9999", ""))) },
	  "1.yaml:4 outside-documented-range tcp 8999\n1.yaml:4 overlap tcp 8999\n" },
};

static void test_ranges(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_WARNING, put_lint);
}

/* Where the kernel hands out no ports, none is among them. */
static void test_no_ephemeral(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists(ENTRIES(TCP("40000", "") TCP("1-29999", "")));
	struct lint_facts facts = lint_today;
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	facts.least = SEVERITY_WARNING;
	put_lint(reg, &facts, &out);
	check_text("default", out.data, "t.yaml:3 in-ephemeral-range tcp 40000\n");
	buf_reset(&out);
	facts.ephemeral_first = facts.ephemeral_last = 0;
	put_lint(reg, &facts, &out);
	check_text("none", out.len ? out.data : "", "");
	facts.ephemeral_first = facts.ephemeral_last = 29999;
	put_lint(reg, &facts, &out);
	check_text("one port", out.data, "t.yaml:3 in-ephemeral-range tcp 1\n");
}

static const struct lint_case words[] = {
	{ "outside, and partly",
	  { A(GENERAL ENTRIES(UDP("80", "") TCP("9990-10009", ""))) },
	  "outside-documented-range: udp 80 (p) is external, and in no documented range -> take a "
	  "free port (hostportctl registry next), or document it: ranges: [{protocol: udp, ports: "
	  "80, note: \"...\"}]\n"
	  "outside-documented-range: tcp 9990-10009 (p) is external, and only partly in documented "
	  "ranges -> take a free port (hostportctl registry next), or document it: ranges: "
	  "[{protocol: tcp, ports: 9990-10009, note: \"...\"}]\n" },
	{ "localhost",
	  { A(GENERAL ENTRIES(TCP("9000", LOCALHOST))) },
	  "localhost-in-range: tcp 9000 (p) is for localhost only, in a range that is open between "
	  "machines -> take a port outside of the documented ranges\n" },
	{ "ephemeral",
	  { A(ENTRIES(UDP("40000-40001", ""))) },
	  "in-ephemeral-range: udp 40000-40001 (p) is among the ports that the kernel hands out "
	  "(32768-60999) -> take a lower port, or reserve it: net.ipv4.ip_local_reserved_ports = "
	  "40000-40001\n" },
	{ "node ports",
	  { A(ENTRIES(TCP("30000", ""))) },
	  "in-nodeport-range: tcp 30000 (p) is among the node ports of Services (30000-32767) -> "
	  "take a port outside of 30000-32767\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_WARNING, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_no_ephemeral),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
