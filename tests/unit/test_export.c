// SPDX-License-Identifier: MIT
/* The exports that are of a whole registry, but for the page: yaml, json, csv. */
#include "export_cases.h"

#include <errno.h>

#define HEAD                                                                                       \
	"layer,kind,protocol,ports,scope,table,process,application,role,control_plane,team,since," \
	"removed,platforms,notes,owners,class,until,reason,source\r\n"

struct csv_case {
	const char *name, *lists, *want, *said;
};

static const struct csv_case csv_cases[] = {
	{ "no rows", "", "", NULL },
	{ "an entry", "entries: [{ports: 80-90, protocol: udp, process: p}]",
	  "t,entry,udp,80-90,external,,p,,any,,,,,,,,,,,\r\n", NULL },
	{ "every cell",
	  "entries: [{ports: 80, protocol: tcp, process: \"p, q\", scope: localhost, table: "
	  "external, "
	  "application: HTTP, role: worker, control_plane: \"no\", team: t, since: \"4.10\", "
	  "platforms: "
	  "[aws, gcp], notes: \"a \\\"b\\\"\\nc\", source: s, owners: [{unit: u}]}]",
	  "t,entry,tcp,80,localhost,external,\"p, "
	  "q\",HTTP,worker,no,t,4.10,,\"[\"\"aws\"\",\"\"gcp\"\"]\","
	  "\"a \"\"b\"\"\nc\",\"[{\"\"unit\"\":\"\"u\"\"}]\",,,,s\r\n",
	  NULL },
	{ "other kinds",
	  "ranges: [{ports: 1, protocol: tcp, note: n}]\nretired: [{ports: 2, protocol: tcp, "
	  "process: p, "
	  "removed: \"4.1\"}]\nexceptions: [{ports: 3, protocol: tcp, class: scope, until: "
	  "2027-01-01, "
	  "reason: r}]",
	  "t,retired,tcp,2,external,,p,,any,,,,4.1,,,,,,,\r\n"
	  "t,range,tcp,1,,,,,,,,,,,n,,,,,\r\n"
	  "t,exception,tcp,3,,,,,,,,,,,,,scope,2027-01-01,r,\r\n",
	  NULL },
	{ "formulas",
	  "entries: [{ports: 1, protocol: tcp, process: \"=HYPERLINK(\\\"x\\\",\\\"y\\\")\", team: "
	  "\"@a\", "
	  "notes: \"-1\", source: \"\\tb\"}, {ports: 2, protocol: tcp, process: +1, team: a=b}]",
	  "t,entry,tcp,1,external,,\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\",,any,,'@a,,,,'-1,,,,,'"
	  "\tb\r\n"
	  "t,entry,tcp,2,external,,'+1,,any,,a=b,,,,,,,,,\r\n",
	  "cells that a spreadsheet would take for formulas, written with a ' in front: 5\n" },
	{ "what a terminal would obey",
	  "entries: [{ports: 1, protocol: tcp, process: \"a\\e[31m\\rb\\u202ec\\nd\"}]",
	  "t,entry,tcp,1,external,,\"a?[31m?b?c\nd\",,any,,,,,,,,,,,\r\n",
	  "cells with characters that are obeyed rather than shown, written as ?: 1\n" },
	{ "blanks at an end", "entries: [{ports: 1, protocol: tcp, process: \" a \"}]",
	  "t,entry,tcp,1,external,,\" a \",,any,,,,,,,,,,,\r\n", NULL },
};

static void test_csv(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(csv_cases); i++) {
		const struct csv_case *c = &csv_cases[i];
		_cleanup_exported_ struct exported e = export_lists("csv", c->lists, NULL);

		check_int(c->name, e.r, 0);
		assert_true(strncmp(e.out.data, HEAD, strlen(HEAD)) == 0);
		check_text(c->name, e.out.data + strlen(HEAD), c->want);
		check_text(c->name, e.said.data, c->said);
	}
}

static void test_yaml_one_layer(void **state)
{
	_cleanup_exported_ struct exported e = export_lists(
		"yaml", "source: s\nentries: [{ports: 1, protocol: tcp, process: p}]", NULL);

	(void)state;
	check_text("one layer", e.out.data,
		   "version: 1\nname: t\nsource: s\n\nentries:\n"
		   "  - {ports: 1, protocol: tcp, scope: external, process: p}\n");
}

static const char *const two[] = {
	"{version: 1, name: a, source: s, ranges: [{ports: 9, protocol: tcp}], entries: [{ports: "
	"1, "
	"protocol: tcp, process: p}, {ports: 2, protocol: tcp, process: q}]}",
	"{version: 1, name: b, entries: [{ports: 3, protocol: tcp, process: r}], drop: [{ports: 1, "
	"protocol: tcp, reason: r}]}",
};

static void test_yaml_two_layers(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_exported_ struct exported e = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(two, ARRAY_LEN(two), &diags, &r);
	check_int("added", r, 0);
	e = export_registry("yaml", reg, NULL);
	check_text("two layers", e.out.data,
		   "version: 1\nname: exported\nsource: \"layers a, b\"\n\nranges:\n"
		   "  - {ports: 9, protocol: tcp}\n\nentries:\n"
		   "  - {ports: 2, protocol: tcp, scope: external, process: q}\n"
		   "  - {ports: 3, protocol: tcp, scope: external, process: r}\n");
}

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

static void test_yaml_many_ranges(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_exported_ struct exported e = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	assert_non_null(reg);
	for (int layer = 0; layer < 2; layer++) {
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text, "version: 1\nname: l%d\nranges:\n", layer);
		for (int port = 1; port <= 600; port++)
			buf_printf(&text, "  - {ports: %d, protocol: tcp}\n", port);
		assert_int_equal(registry_add(reg, layer_of("l", text.data), &diags), 0);
	}
	e = export_registry("yaml", reg, NULL);
	check_int("too many", e.r, -EINVAL);
	check_text("too many", e.said.data, "1200 ranges in one file are more than 1024\n");
}

static void test_json(void **state)
{
	_cleanup_exported_ struct exported e =
		export_lists("json", "entries: [{ports: 1, protocol: tcp, process: p}]", NULL);

	(void)state;
	check_text("json", e.out.data,
		   "{\"rows\":[{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":1,"
		   "\"protocol\":"
		   "\"tcp\",\"scope\":\"external\",\"process\":\"p\",\"role\":\"any\"}]}");
}

static void test_formats(void **state)
{
	const struct export_format *formats;
	size_t n;

	(void)state;
	formats = export_formats(&n);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(export_format_find(formats[i].name), &formats[i]);
	assert_null(export_format_find("pdf"));
	assert_null(export_format_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_yaml_one_layer),
		cmocka_unit_test(test_yaml_two_layers),
		cmocka_unit_test(test_yaml_many_ranges),
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
