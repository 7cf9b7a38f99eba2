// SPDX-License-Identifier: MIT
/* A registry as CSV: each kind of row, each cell, and what a cell must not do. */
#include "export_cases.h"

#define HEAD                                                                                       \
	"layer,kind,protocol,ports,scope,table,process,application,role,control_plane,team,since," \
	"removed,platforms,notes,owners,class,until,reason,source,essential\r\n"

struct csv_case {
	const char *name, *lists, *want, *said;
};

static const struct csv_case csv_cases[] = {
	{ "no rows", "", "", NULL },
	{ "an entry", "entries: [{ports: 80-90, protocol: udp, process: p}]",
	  "t,entry,udp,80-90,external,,p,,any,,,,,,,,,,,,\r\n", NULL },
	{ "every cell",
	  "entries: [{ports: 80, protocol: tcp, process: \"p, q\", scope: localhost, table: "
	  "external, "
	  "application: HTTP, role: worker, control_plane: \"no\", team: t, since: \"4.10\", "
	  "platforms: "
	  "[aws, gcp], notes: \"a \\\"b\\\"\\nc\", source: s, owners: [{unit: u}]}]",
	  "t,entry,tcp,80,localhost,external,\"p, "
	  "q\",HTTP,worker,no,t,4.10,,\"[\"\"aws\"\",\"\"gcp\"\"]\","
	  "\"a \"\"b\"\"\nc\",\"[{\"\"unit\"\":\"\"u\"\"}]\",,,,s,\r\n",
	  NULL },
	{ "other kinds",
	  "ranges: [{ports: 1, protocol: tcp, note: n}]\nretired: [{ports: 2, protocol: tcp, "
	  "process: p, "
	  "removed: \"4.1\"}]\nexceptions: [{ports: 3, protocol: tcp, class: scope, until: "
	  "2027-01-01, "
	  "reason: r}]",
	  "t,retired,tcp,2,external,,p,,any,,,,4.1,,,,,,,,\r\n"
	  "t,range,tcp,1,,,,,,,,,,,n,,,,,,\r\n"
	  "t,exception,tcp,3,,,,,,,,,,,,,scope,2027-01-01,r,,\r\n",
	  NULL },
	{ "an essential entry",
	  "entries: [{ports: 80, protocol: tcp, process: p, essential: true}]",
	  "t,entry,tcp,80,external,,p,,any,,,,,,,,,,,,true\r\n", NULL },
	{ "a client",
	  "clients: [{ports: 80, protocol: udp, process: p, notes: n, owners: [{unit: u}]}]",
	  "t,client,udp,80,,,p,,any,,,,,,n,\"[{\"\"unit\"\":\"\"u\"\"}]\",,,,,\r\n", NULL },
	{ "formulas",
	  "entries: [{ports: 1, protocol: tcp, process: \"=HYPERLINK(\\\"x\\\",\\\"y\\\")\", team: "
	  "\"@a\", "
	  "notes: \"-1\", source: \"\\tb\"}, {ports: 2, protocol: tcp, process: +1, team: a=b}]",
	  "t,entry,tcp,1,external,,\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\",,any,,'@a,,,,'-1,,,,,'"
	  "\tb,\r\n"
	  "t,entry,tcp,2,external,,'+1,,any,,a=b,,,,,,,,,,\r\n",
	  "cells that a spreadsheet would take for formulas, written with a ' in front: 5\n" },
	{ "what a terminal would obey",
	  "entries: [{ports: 1, protocol: tcp, process: \"a\\e[31m\\rb\\u202ec\\nd\"}]",
	  "t,entry,tcp,1,external,,\"a?[31m?b?c\nd\",,any,,,,,,,,,,,,\r\n",
	  "cells with characters that are obeyed rather than shown, written as ?: 1\n" },
	{ "blanks at an end", "entries: [{ports: 1, protocol: tcp, process: \" a \"}]",
	  "t,entry,tcp,1,external,,\" a \",,any,,,,,,,,,,,,\r\n", NULL },
	{ "blanks at one end",
	  "entries: [{ports: 1, protocol: tcp, process: \" a\", team: \"a \", notes: \"a b\"}]",
	  "t,entry,tcp,1,external,,\" a\",,any,,\"a \",,,,a b,,,,,,\r\n", NULL },
	{ "what makes a cell quoted",
	  "entries: [{ports: 1, protocol: tcp, process: \"a,b\", team: \"a\\\"b\", source: \"a "
	  "b\"}, "
	  "{ports: 2, protocol: tcp, process: \"a;b\", team: \"a'b\", notes: \"a\\nb\"}]",
	  "t,entry,tcp,1,external,,\"a,b\",,any,,\"a\"\"b\",,,,,,,,,a b,\r\n"
	  "t,entry,tcp,2,external,,a;b,,any,,a'b,,,,\"a\nb\",,,,,,\r\n",
	  NULL },
	{ "each start of a formula",
	  "entries: [{ports: 1, protocol: tcp, process: =a, team: +a, source: '-a'}, {ports: 2, "
	  "protocol: tcp, process: '@a', team: \"\\ta\", source: a}]",
	  "t,entry,tcp,1,external,,'=a,,any,,'+a,,,,,,,,,'-a,\r\n"
	  "t,entry,tcp,2,external,,'@a,,any,,'\ta,,,,,,,,,a,\r\n",
	  "cells that a spreadsheet would take for formulas, written with a ' in front: 5\n" },
	{ "an owner's members, and several owners",
	  "entries: [{ports: 1, protocol: tcp, process: p, owners: [{exe: /a}, {namespace: n, pod: "
	  "p, container: c}]}]",
	  "t,entry,tcp,1,external,,p,,any,,,,,,,\"[{\"\"exe\"\":\"\"/a\"\"},{\"\"namespace\"\":"
	  "\"\"n\"\",\"\"pod\"\":\"\"p\"\",\"\"container\"\":\"\"c\"\"}]\",,,,,\r\n",
	  NULL },
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

/* Layer by layer, without what a drop took away and the drop itself. */
static void test_layers(void **state)
{
	static const char *const layers[] = {
		"{version: 1, name: a, entries: [{ports: 1, protocol: tcp, process: p}, {ports: 2, "
		"protocol: tcp, process: q}]}",
		"{version: 1, name: b, drop: [{ports: 1, protocol: tcp, reason: r}], ranges: "
		"[{ports: "
		"9, protocol: udp}]}",
	};
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_exported_ struct exported e = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(layers, ARRAY_LEN(layers), &diags, &r);
	check_int("added", r, 0);
	e = export_registry("csv", reg, NULL);
	check_text("layers", e.out.data,
		   HEAD "a,entry,tcp,2,external,,q,,any,,,,,,,,,,,,\r\n"
			"b,range,udp,9,,,,,,,,,,,,,,,,,\r\n");
	check_text("nothing said", e.said.data, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_layers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
