// SPDX-License-Identifier: MIT
/* Accepts that accept nothing. What a later layer changes excuses those of an earlier file. */
#include "lint_accepts.h"

static const struct lint_case cases[] = {
	{ "no such layer", { A(ACCEPT("overlap", ", layer: z")) }, "1.yaml:3 unknown-layer\n" },
	{ "a later layer is not below",
	  { A(ACCEPT("overlap", ", layer: b")), B("") },
	  "1.yaml:3 unknown-layer\n" },
	{ "it does not accept itself",
	  { A("accept: [{rule: unused-accept, reason: r}, {rule: overlap, reason: r}]") },
	  "1.yaml:3 unused-accept\n1.yaml:3 unused-accept\n" },
	{ "the same twice is once too often",
	  { A(EPHEMERAL "accept:\n - {rule: in-ephemeral-range, reason: r}\n"
			" - {rule: in-ephemeral-range, reason: s}\n") },
	  "1.yaml:3 in-ephemeral-range tcp 40000 (r)\n1.yaml:6 unused-accept\n" },
	{ "a later layer dropped what it was for",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", ports: 40000-40001")),
	    B("drop: [{ports: 40000-40001, protocol: tcp, reason: r}]") },
	  "" },
	{ "a later layer dropped something else",
	  { A(ENTRIES(FULL_TCP("1")) "\n" ACCEPT("in-ephemeral-range", ", ports: 40000-40001")),
	    B("drop: [{ports: 1, protocol: tcp, reason: r}]") },
	  "1.yaml:4 unused-accept tcp 40000\n" },
	{ "a drop of its own file excuses nothing",
	  { A(EPHEMERAL), B("drop: [{ports: 40000-40001, protocol: tcp, reason: r}]\n" ACCEPT(
				  "in-ephemeral-range", ", layer: a")) },
	  "2.yaml:4 unused-accept\n" },
	{ "a later layer documented what it was for",
	  { A("ranges: [{protocol: tcp, ports: 9000}]\n" ENTRIES(
		    FULL_TCP("80")) "\n" ACCEPT("outside-documented-range", "")),
	    B("ranges: [{protocol: tcp, ports: 80}]") },
	  "" },
	{ "where nobody documents ranges",
	  { A(ENTRIES(FULL_TCP("80")) "\n" ACCEPT("outside-documented-range", "")) },
	  "" },
	{ "the other rule of ranges",
	  { A(ENTRIES(FULL_TCP("80")) "\n" ACCEPT("localhost-in-range", "")) },
	  "" },
	{ "another rule than those of ranges",
	  { A(ENTRIES(FULL_TCP("80")) "\n" ACCEPT("in-nodeport-range", "")) },
	  "1.yaml:4 unused-accept\n" },
	{ "ranges that its own layer documents excuse nothing",
	  { A(RANGES("{protocol: tcp, ports: 80}")
		      ENTRIES(FULL_TCP("80")) "\n" ACCEPT("outside-documented-range", "")) },
	  "1.yaml:5 unused-accept\n" },
	{ "nor those of an earlier layer",
	  { A(RANGES("{protocol: tcp, ports: 80}")),
	    B(ENTRIES(FULL_TCP("80")) "\n" ACCEPT("outside-documented-range", "")) },
	  "2.yaml:4 unused-accept\n" },
	{ "those of the next layer but one do",
	  { A(RANGES("{protocol: tcp, ports: 80}")
		      ENTRIES(FULL_TCP("80")) "\n" ACCEPT("outside-documented-range", "")),
	    B(""), C(RANGES("{protocol: tcp, ports: 81}")) },
	  "" },
	{ "a drop of the next layer but one, of one of the ports",
	  { A(ENTRIES(FULL_TCP("1")) "\n" ACCEPT("overlap", ", ports: 1-2")), B(""),
	    C("drop: [{ports: 1, protocol: tcp, reason: r}]") },
	  "" },
	{ "a drop of no port of it",
	  { A(ENTRIES(FULL_TCP("3")) "\n" ACCEPT("overlap", ", ports: 1-2")),
	    B("drop: [{ports: 3, protocol: tcp, reason: r}]") },
	  "1.yaml:4 unused-accept tcp 1\n" },
	{ "a drop and an accept of all ports",
	  { A(ENTRIES(FULL_TCP("3")) "\n" ACCEPT("overlap", "")),
	    B("drop: [{ports: 3, protocol: tcp, reason: r}]") },
	  "" },
	{ "the drop of an earlier layer",
	  { A(ENTRIES(FULL_TCP("3"))), B("drop: [{ports: 3, protocol: tcp, reason: r}]"),
	    C(ACCEPT("overlap", ", ports: 3")) },
	  "3.yaml:3 unused-accept tcp 3\n" },
	{ "its own layer, and the one below it, are known",
	  { A(""), B("accept: [{rule: overlap, layer: a, reason: r}, {rule: overlap, layer: b, "
		     "reason: r}, {rule: overlap, layer: c, reason: r}]") },
	  "2.yaml:3 unused-accept\n2.yaml:3 unused-accept\n2.yaml:3 unknown-layer\n" },
};

static void test_unused(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_NOTE, put_lint);
}

static const struct lint_case words[] = {
	{ "of each kind",
	  { A("accept: [{rule: overlap, reason: r}, {rule: overlap, layer: z, reason: r}, {rule: "
	      "overlaps, reason: r}]") },
	  "unused-accept: there is no finding of rule overlap to accept -> leave it out\n"
	  "unknown-layer: no layer z is below this one\n"
	  "unknown-rule: there is no rule overlaps -> did you mean overlap?\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_NOTE, put_lint_words);
}

static void test_unknown_rules(void **state)
{
	static const struct {
		const char *rule, *suggestion;
	} unknown[] = {
		{ "overlaps", "did you mean overlap?" },
		{ "usorted", "did you mean unsorted?" },
		{ "none", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text, "accept: [{rule: %s, reason: r, ports: 5}]", unknown[i].rule);
		reg = registry_of_lists(text.data);
		assert_int_equal(lint_registry(reg, &lint_today, &findings), 0);
		check_u64(unknown[i].rule, findings.len, 1);
		check_text(unknown[i].rule, findings.items[0].rule->id, "unknown-rule");
		check_int(unknown[i].rule, findings.items[0].rule->severity, SEVERITY_ERROR);
		check_text(unknown[i].rule, findings.items[0].suggestion, unknown[i].suggestion);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unused),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_unknown_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
