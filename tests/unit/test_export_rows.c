// SPDX-License-Identifier: MIT
/* Which rows an export is of, and what is said of the others. */
#include "export_cases.h"

#include "../../user/formats/export_rows.h"

#define ACCEPT "accept: [{rule: a, reason: r}]"

/* What lint accepts stays with one layer, and is told where it is left out. */
static void test_accepts(void **state)
{
	static const char *const layers[] = { "{version: 1, name: a, " ACCEPT "}",
					      "{version: 1, name: b}" };
	static const char told[] = "findings that layers accept, which are left out: 1\n";
	_cleanup_exported_ struct exported one = export_lists("yaml", ACCEPT, NULL),
					   csv = export_lists("csv", ACCEPT, NULL),
					   page = export_lists("md", ACCEPT, NULL), both = { 0 };
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	check_text("one layer", one.out.data,
		   "version: 1\nname: t\n\naccept:\n  - {rule: a, reason: r}\n");
	check_text("one layer", one.said.data, NULL);
	check_text("csv", csv.said.data, told);
	check_text("md", page.said.data, told);
	reg = registry_of(layers, ARRAY_LEN(layers), &diags, &r);
	check_int("added", r, 0);
	both = export_registry("yaml", reg, NULL);
	check_text("two layers", both.said.data, told);
}

static const struct {
	const char *name;
	const char *layers[3];
	const char *want;
} row_cases[] = {
	{ "no layer", { NULL }, "" },
	{ "no row", { "{version: 1, name: a}" }, "" },
	{ "each kind, in its order",
	  { "{version: 1, name: a, accept: [{rule: r, reason: r}], exceptions: [{ports: 4, "
	    "protocol: "
	    "tcp, class: scope, until: 2027-01-01, reason: r}], ranges: [{ports: 3, protocol: "
	    "tcp}], "
	    "retired: [{ports: 2, protocol: tcp, process: p, removed: '4.1'}], entries: [{ports: "
	    "1, "
	    "protocol: tcp, process: p}]}" },
	  "a1 a2 a3 a4 " },
	{ "layers without rows between others",
	  { "{version: 1, name: a}",
	    "{version: 1, name: b, entries: [{ports: 1, protocol: tcp, process: p}, {ports: 2, "
	    "protocol: tcp, process: p}]}",
	    "{version: 1, name: c}" },
	  "b1 b2 " },
	{ "dropped rows, and drops",
	  { "{version: 1, name: a, entries: [{ports: 1, protocol: tcp, process: p}, {ports: 2, "
	    "protocol: tcp, process: p}]}",
	    "{version: 1, name: b, drop: [{ports: 2, protocol: tcp, reason: r}], entries: [{ports: "
	    "3, protocol: tcp, process: p}]}" },
	  "a1 b3 " },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row_cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		struct export_rows rows = { 0 }, without = { 0 };
		const struct reg_layer *layer;
		const struct reg_row *row;
		size_t n = 0;
		int r = 0;

		while (n < ARRAY_LEN(row_cases[i].layers) && row_cases[i].layers[n])
			n++;
		reg = registry_of(row_cases[i].layers, n, &diags, &r);
		check_int(row_cases[i].name, r, 0);
		rows.registry = without.registry = reg;
		buf_puts(&out, "");
		while ((row = export_rows_next(&rows, &layer))) {
			buf_printf(&out, "%s%u ", layer->name, row->first);
			assert_ptr_equal(export_rows_next(&without, NULL), row);
		}
		check_text(row_cases[i].name, out.data, row_cases[i].want);
		assert_null(export_rows_next(&without, NULL));
	}
}

/* Accepts are counted over all layers. */
static void test_accepts_of_all(void **state)
{
	static const char *const layers[] = {
		"{version: 1, name: a, " ACCEPT "}",
		"{version: 1, name: b, entries: [{ports: 1, protocol: "
		"tcp, process: p}]}",
		"{version: 1, name: c, accept: [{rule: a, reason: r}, "
		"{rule: b, reason: r}]}"
	};
	_cleanup_(registry_freep) struct registry *reg = NULL, *none = registry_of_lists("");
	_cleanup_buf_ struct buf said = { 0 }, nothing = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(layers, ARRAY_LEN(layers), &diags, &r);
	check_int("added", r, 0);
	export_accepts(reg, &said);
	check_text("three", said.data, "findings that layers accept, which are left out: 3\n");
	export_accepts(none, &nothing);
	check_text("none", nothing.data, NULL);
}

static void test_layers(void **state)
{
	static const char *const layers[] = { "{version: 1, name: a}", "{version: 1, name: b}" };

	(void)state;
	for (size_t n = 1; n <= ARRAY_LEN(layers); n++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		int r = 0;

		reg = registry_of(layers, n, &diags, &r);
		check_int("added", r, 0);
		export_put_layers(reg, &out);
		check_text("layers", out.data, n == 1 ? " a" : " a, b");
	}
}

/* Nothing that is said of a node ends the comment. */
static void test_node(void **state)
{
	static const struct {
		struct node_facts facts;
		const char *want;
	} cases[] = {
		{ { 0 }, "For nodes of role any, any platform, version any" },
		{ { .role = REG_ROLE_WORKER, .platform = "aws", .cluster = { 4, 20 } },
		  "For nodes of role worker, platform aws, version 4.20" },
		{ { .role = REG_ROLE_CONTROL_PLANE, .cluster = { 0, 1 } },
		  "For nodes of role control-plane, any platform, version 0.1" },
	};
	static const struct node_facts odd = { .platform = "a\nb" };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf node = { 0 };

		export_put_node(&cases[i].facts, &node);
		check_text(cases[i].want, node.data, cases[i].want);
	}
	export_put_node(&odd, &out);
	assert_null(strchr(out.data, '\n'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts),	       cmocka_unit_test(test_rows),
		cmocka_unit_test(test_accepts_of_all), cmocka_unit_test(test_layers),
		cmocka_unit_test(test_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
