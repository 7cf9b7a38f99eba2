// SPDX-License-Identifier: MIT
/* What an accept meets. */
#include "lint_accepts.h"

static const struct lint_case cases[] = {
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
	  { A(ENTRIES(FULL_TCP("1-2"))),
	    B(ENTRIES(FULL_TCP("2-3")) "\n" ACCEPT("overlap", ", ports: 2-3")) },
	  "2.yaml:3 overlap tcp 2 (r)\n" },
	{ "of a pair, the other row, by the name of its layer",
	  { A(ENTRIES(FULL_TCP("1-2"))),
	    B(ENTRIES(FULL_TCP("2-3")) "\n" ACCEPT("overlap", ", ports: 1-2, layer: a")) },
	  "2.yaml:3 overlap tcp 2 (r)\n" },
	{ "not without the name",
	  { A(ENTRIES(FULL_TCP("1-2"))),
	    B(ENTRIES(FULL_TCP("2-3")) "\n" ACCEPT("overlap", ", ports: 1-2")) },
	  "2.yaml:3 overlap tcp 2\n2.yaml:4 unused-accept tcp 1\n" },
	{ "an earlier file does not accept what a later one does to its rows",
	  { A(ENTRIES(FULL_TCP("1-2")) "\n" ACCEPT("overlap", ", layer: a")),
	    B(ENTRIES(FULL_TCP("2-3"))) },
	  "1.yaml:4 unused-accept\n2.yaml:3 overlap tcp 2\n" },
	{ "of several pairs with a layer, all of their ports",
	  { A(ENTRIES(FULL_TCP("1") FULL_TCP("9"))),
	    B(ENTRIES(FULL_TCP("1-9")) "\n" ACCEPT("overlap", ", ports: 1, layer: a")) },
	  "2.yaml:3 overlap tcp 1\n2.yaml:4 unused-accept tcp 1\n" },
	{ "one protocol of two, and both",
	  { A("entries: [{protocol: udp, ports: 40000, process: p" FULL "}," FULL_TCP("40001") "]"),
	    B(ACCEPT("in-ephemeral-range", ", layer: a, ports: 40000, protocol: udp")),
	    C(ACCEPT("in-ephemeral-range", ", layer: a, ports: 40001")) },
	  "1.yaml:3 in-ephemeral-range udp 40000 (r)\n1.yaml:3 in-ephemeral-range tcp 40001 "
	  "(r)\n" },
	{ "its own file's before that of a later one",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", layer: a")),
	    B("accept: [{rule: in-ephemeral-range, layer: a, reason: late}]") },
	  "1.yaml:3 in-ephemeral-range tcp 40000 (r)\n2.yaml:3 unused-accept\n" },
	{ "without a layer's name before one with it",
	  { A(EPHEMERAL "accept:\n - {rule: in-ephemeral-range, layer: a, reason: s}\n"
			" - {rule: in-ephemeral-range, reason: r}\n") },
	  "1.yaml:3 in-ephemeral-range tcp 40000 (r)\n1.yaml:5 unused-accept\n" },
	{ "a name that a later layer has as well",
	  { A(EPHEMERAL), B(EPHEMERAL ACCEPT("in-ephemeral-range", ", layer: b")),
	    C(ACCEPT("overlap", ", layer: a")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000\n2.yaml:3 in-ephemeral-range tcp 40000 (r)\n"
	  "2.yaml:3 overlap tcp 40000 (r)\n" },
	{ "of a pair, its own row by the name of its layer",
	  { A(ENTRIES(FULL_TCP("1-2"))),
	    B(ENTRIES(FULL_TCP("2-3")) "\n" ACCEPT("overlap", ", ports: 2-3, layer: b")) },
	  "2.yaml:3 overlap tcp 2 (r)\n" },
	{ "a layer that is not there accepts nothing",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", layer: z")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000\n1.yaml:4 unknown-layer\n" },
	{ "a port more than the row at either end",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", ports: 39999-40002")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000 (r)\n" },
	{ "a port less at its beginning",
	  { A(EPHEMERAL ACCEPT("in-ephemeral-range", ", ports: 40001-40002")) },
	  "1.yaml:3 in-ephemeral-range tcp 40000\n1.yaml:4 unused-accept tcp 40001\n" },
};

static void test_accepts(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_NOTE, put_lint);
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

/* As many layers as there may be: the last one accepts a finding of the first. */
static void test_most_layers(void **state)
{
	struct buf texts[REGISTRY_LAYERS_MAX] = { 0 };
	const char *all[REGISTRY_LAYERS_MAX];
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	int r;

	(void)state;
	for (size_t i = 0; i < REGISTRY_LAYERS_MAX; i++) {
		buf_printf(&texts[i], "version: 1\nname: l%zu\n", i);
		if (i == 0)
			buf_puts(&texts[i], ENTRIES(FULL_TCP("40000") FULL_TCP("40001")));
		else if (i + 1 == REGISTRY_LAYERS_MAX)
			buf_puts(&texts[i],
				 ACCEPT("in-ephemeral-range", ", layer: l0, ports: 40001"));
		all[i] = texts[i].data;
	}
	reg = registry_of(all, REGISTRY_LAYERS_MAX, &diags, &r);
	assert_int_equal(r, 0);
	put_lint(reg, &lint_today, &out);
	check_text("the last one's", out.data,
		   "1.yaml:3 in-ephemeral-range tcp 40000\n1.yaml:3 in-ephemeral-range tcp 40001 "
		   "(r)\n");
	for (size_t i = 0; i < REGISTRY_LAYERS_MAX; i++)
		buf_free(&texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_whole_layers),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_most_layers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
