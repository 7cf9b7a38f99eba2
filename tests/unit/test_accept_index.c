// SPDX-License-Identifier: MIT
/* What an accept meets, and what becomes of one that meets nothing. */
#include "lint_cases.h"

#define LAYERS_MAX	   3

#define LAYER(name, lists) "version: 1\nname: " name "\n" lists "\n"
#define A(lists)	   LAYER("a", lists)
#define B(lists)	   LAYER("b", lists)
#define C(lists)	   LAYER("c", lists)
#define TCP(ports, keys)                                                                           \
	"{protocol: tcp, ports: " ports ", process: p, team: t, since: '4.1'" keys "}"
#define ENTRIES(rows)	   "entries: [" rows "]\n"
#define ACCEPT(rule, keys) "accept: [{rule: " rule ", reason: r" keys "}]\n"
#define EPHEMERAL	   ENTRIES(TCP("40000-40001", ""))

static const struct accept_case {
	const char *name;
	const char *layers[LAYERS_MAX];
	const char *want; /* lines of put_lint() */
} cases[] = {
	{ "every finding of the rule",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", "")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000 (r)\n" },
	{ "the row lies within the ports",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", ports: 40000-40001, protocol: tcp")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000 (r)\n" },
	{ "only a part of the row does",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", ports: 40000")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000\n1.yaml:4 unused-accept tcp 40000\n" },
	{ "another protocol",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", ports: 40000-40001, protocol: udp")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000\n1.yaml:4 unused-accept udp 40000\n" },
	{ "another rule",
	  { A(EPHEMERAL ACCEPT("in-nodeport-range", "")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000\n1.yaml:4 unused-accept\n" },
	{ "not that of a later layer",
	  { A(ACCEPT("in-ephemeral-range", "")), B(EPHEMERAL) },
	  "1.yaml:3 unused-accept\n2.yaml:3 in-ephemeral-range tcp 40000\n" },
	{ "nor that of an earlier one, which it does not name",
	  { A(EPHEMERAL), B(ACCEPT("in-ephemeral-range", "")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000\n2.yaml:3 unused-accept\n" },
	{ "that of an earlier one by its name",
	  { A(EPHEMERAL), B(""),
	    C(ACCEPT("in-ephemeral-range", ", layer: a, ports: 40000-50000")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000 (r)\n" },
	{ "its own by its name",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", layer: a")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000 (r)\n" },
	{ "of a pair, the row in which it is found",
	  { A(ENTRIES(TCP("1-2", ""))),
	    B(ENTRIES(TCP("2-3", "")) ACCEPT("overlap", ", ports: 2-3")) },
	  "2.yaml:3 overlap tcp 2 (r)\n" },
	{ "of a pair, the other row, by the name of its layer",
	  { A(ENTRIES(TCP("1-2", ""))),
	    B(ENTRIES(TCP("2-3", "")) ACCEPT("overlap", ", ports: 1-2, layer: a")) },
	  "2.yaml:3 overlap tcp 2 (r)\n" },
	{ "not without the name",
	  { A(ENTRIES(TCP("1-2", ""))),
	    B(ENTRIES(TCP("2-3", "")) ACCEPT("overlap", ", ports: 1-2")) },
	  "2.yaml:3 overlap tcp 2\n2.yaml:4 unused-accept tcp 1\n" },
	{ "an earlier file does not accept what a later one does to its rows",
	  { A(ENTRIES(TCP("1-2", "")) ACCEPT("overlap", ", layer: a")),
	    B(ENTRIES(TCP("2-3", ""))) },
	  "1.yaml:4 unused-accept\n2.yaml:3 overlap tcp 2\n" },
	{ "of several pairs with a layer, all of their ports",
	  { A(ENTRIES(TCP("1", "") ", " TCP("9", ""))),
	    B(ENTRIES(TCP("1-9", "")) ACCEPT("overlap", ", ports: 1, layer: a")) },
	  "2.yaml:3 overlap tcp 1\n2.yaml:4 unused-accept tcp 1\n" },
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
	  { A(ENTRIES(TCP("1", "")) ACCEPT("in-ephemeral-range", ", ports: 40000-40001")),
	    B("drop: [{ports: 1, protocol: tcp, reason: r}]") },
	  "1.yaml:4 unused-accept tcp 40000\n" },
	{ "a drop of its own file excuses nothing",
	  { A(EPHEMERAL), B("drop: [{ports: 40000-40001, protocol: tcp, reason: r}]\n" ACCEPT(
				  "in-ephemeral-range", ", layer: a")) },
	  "2.yaml:4 unused-accept\n" },
	{ "a later layer documented what it was for",
	  { A("ranges: [{protocol: tcp, ports: 9000}]\n" ENTRIES(TCP("80", ""))
		      ACCEPT("outside-documented-range", "")),
	    B("ranges: [{protocol: tcp, ports: 80}]") },
	  "" },
	{ "where nobody documents ranges",
	  { A(ENTRIES(TCP("80", "")) ACCEPT("outside-documented-range", "")) },
	  "" },
};

static void check_case(const struct accept_case *c)
{
	struct lint_facts facts = lint_today;
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	size_t layers = 0;
	int r = 0;

	facts.least = SEVERITY_NOTE;
	while (layers < LAYERS_MAX && c->layers[layers])
		layers++;
	reg = registry_of(c->layers, layers, &diags, &r);
	check_int(c->name, r, 0);
	put_lint(reg, &facts, &out);
	check_text(c->name, out.data ? out.data : "", c->want);
}

static void test_accepts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_case(&cases[i]);
}

/* Of a layer as a whole there is one finding, which no port tells apart. */
static void test_whole_layers(void **state)
{
	const char *const lists = "entries: [{ports: 1, protocol: tcp, process: p, team: t}]\n";
	static const struct {
		const char *accept, *want;
	} whole[] = {
		{ ACCEPT("missing-since", ""), "t.yaml:3 missing-since (r)\n" },
		{ ACCEPT("missing-since", ", ports: 1-65535"),
		  "t.yaml:3 missing-since\nt.yaml:4 unused-accept tcp 1\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };

		buf_printf(&text, "%s%s", lists, whole[i].accept);
		reg = registry_of_lists(text.data);
		put_lint(reg, &lint_today, &out);
		check_text(whole[i].accept, out.data, whole[i].want);
	}
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

/* What is not reported is accepted all the same: whether one is used does not depend on it. */
static void test_least(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(
		"entries: [{ports: 1, protocol: tcp, process: p, notes: '?'}]\n" ACCEPT(
			"unclear-notes", ""));
	struct lint_facts facts = lint_today;
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	facts.least = SEVERITY_WARNING;
	put_lint(reg, &facts, &out);
	check_text("nothing", out.data, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_whole_layers),
		cmocka_unit_test(test_unknown_rules),
		cmocka_unit_test(test_least),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
