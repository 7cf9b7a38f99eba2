// SPDX-License-Identifier: MIT
/* Which keys a mapping has, and its lists. */
#include "fault_cases.h"

static const struct fault_case cases[] = {
	/* The whole. */
	{ "[]\n", "f:1:1: a registry file is a mapping of keys to values\n" },
	{ "x\n", "f:1:1: a registry file is a mapping of keys to values\n" },
	{ "{}\n", "f:1:1: a registry file must have the key version\n"
		  "f:1:1: a registry file must have the key name\n" },
	{ "version: 1\nname: x\nentry: []\n", "f:3:1: entry: not a key of a registry file\n" },
	{ "version: 1\nname: x\nentrys: []\n",
	  "f:3:1: entrys: not a key of a registry file; did you mean entries?\n" },
	{ "version: 1\nname: x\nname: y\n", "f:3:1: name: the key was given in line 2 already\n" },
	{ "version: 1\nname: x\nname: y\nentrys: []\n",
	  "f:3:1: name: the key was given in line 2 already\n"
	  "f:4:1: entrys: not a key of a registry file; did you mean entries?\n" },
	{ "version: 1\nname: x\nentries:\n",
	  "f:3:9: entries: no value; an empty list is written []\n" },
	{ "version: 1\nname: x\nentries: 5\n", "f:3:10: entries: a list is expected\n" },
	{ "version: 1\nname: x\nentries: {a: 1}\n", "f:3:10: entries: a list is expected\n" },
	{ "version: 1\nname: x\nentries: [1, [], null]\n",
	  "f:3:11: an entry is a mapping of keys to values\n"
	  "f:3:14: an entry is a mapping of keys to values\n"
	  "f:3:18: an entry is a mapping of keys to values\n" },

	/* Lists. */
	{ WITH("platforms: @aws"), "@: platforms: a list is expected\n" },
	{ WITH("platforms: [@AWS]"),
	  "@: platforms: AWS: not a name of a platform (a-z, 0-9, inside also -)\n" },
	{ WITH("platforms: [aws, @aws]"), "@: platforms: aws: given twice\n" },
	{ WITH("platforms: [@[aws]]"), "@: platforms: a single value is expected, not a list\n" },
	{ WITH("owners: @{unit: x}"), "@: owners: a list is expected\n" },
	{ WITH("owners: [@kubelet]"), "@: an owner is a mapping of keys to values\n" },
	{ WITH("owners: [@{}]"),
	  "@: an owner is one of three: a pod's container (namespace, pod, container), a "
	  "unit, or an exe\n" },
	{ WITH("owners: [@{unit: x, exe: /y}]"),
	  "@: an owner is one of three: a pod's container (namespace, pod, container), a "
	  "unit, or an exe\n" },
	{ WITH("owners: [@{pod: x, unit: y}]"),
	  "@: an owner is one of three: a pod's container (namespace, pod, container), a "
	  "unit, or an exe\n" },
	{ "clients: [@{ports: 1, protocol: tcp, process: p}]",
	  "@: a client must have the key owners\n" },
	{ "clients: [{ports: 1, protocol: tcp, process: p, owners: @[]}]",
	  "@: owners: a client must name at least one owner\n" },
	{ "clients: [{ports: 1, protocol: tcp, process: p, owners: [{unit: u}]}]", NULL },
	{ "clients: [{ports: 1, protocol: tcp, process: p, owners: [{unit: u}], @scope: external}]",
	  "@: scope: not a key of a client\n" },
	{ WITH("owners: [{@ns: x}]"), "@: ns: not a key of an owner\n" },
	{ WITH("owners: [{@unti: x}]"), "@: unti: not a key of an owner; did you mean unit?\n" },

	/* Keys of each kind of row. */
	{ "entries: [@{}]", "@: an entry must have the key ports\n"
			    "@: an entry must have the key protocol\n"
			    "@: an entry must have the key process\n" },
	{ WITH("@removed: '4.1'"), "@: removed: not a key of an entry\n" },
	{ WITH("@reason: x"), "@: reason: not a key of an entry\n" },
	{ WITH("@prots: 1"), "@: prots: not a key of an entry; did you mean ports?\n" },
	{ "retired: [@{ports: 1, protocol: tcp, process: p}]",
	  "@: a retired row must have the key removed\n" },
	{ RETIRED("removed: '4.1', @table: external"), "@: table: not a key of a retired row\n" },
	{ "ranges: [@{ports: 1}]", "@: a range must have the key protocol\n" },
	{ "ranges: [{ports: 1, protocol: tcp, @notes: x}]",
	  "@: notes: not a key of a range; did you mean note?\n" },
	{ "drop: [@{ports: 1, protocol: tcp}]", "@: a drop must have the key reason\n" },
	{ DROP("reason: r, @process: x"), "@: process: not a key of a drop\n" },
	{ "exceptions: [@{ports: 1, protocol: tcp}]",
	  "@: an exception must have the key class\n"
	  "@: an exception must have the key until\n"
	  "@: an exception must have the key reason\n" },

	{ "accept: [@{}]", "@: an accept must have the key rule\n"
			   "@: an accept must have the key reason\n" },
	{ "accept: [{rule: a, reason: r, @until: 2027-01-01}]",
	  "@: until: not a key of an accept\n" },

	/* All faults of a file, in one go. */
	{ "version: 1\nname: x\nentries:\n"
	  "  - {ports: 0, protocol: tcp, process: p, ports: 1}\n"
	  "  - {ports: 1, protocol: x, process: p, since: 4.1}\n"
	  "retired:\n"
	  "  - {ports: 1}\n",
	  "f:4:43: ports: the key was given in line 4 already\n"
	  "f:4:13: ports: 0: not a port (1 to 65535)\n"
	  "f:5:26: protocol: x: not one of tcp, udp, udplite, sctp\n"
	  "f:5:48: since: 4.1: a version stands in quotes: without them it is a number to other "
	  "YAML readers, and 4.10 would be 4.1\n"
	  "f:7:5: a retired row must have the key protocol\n"
	  "f:7:5: a retired row must have the key process\n"
	  "f:7:5: a retired row must have the key removed\n" },
	{ "version: 1\nname: x\nentries:\n  - ports: 1\n    protocol: tcp\n    process: p\n"
	  "    platforms: [[a], 'B', b, b, b, ~]\n"
	  "    owners: [x, {}, {unit: u, exe: /e}, {exe: e}]\n",
	  "f:7:17: platforms: a single value is expected, not a list\n"
	  "f:7:22: platforms: B: not a name of a platform (a-z, 0-9, inside also -)\n"
	  "f:7:30: platforms: b: given twice\n"
	  "f:7:33: platforms: b: given twice\n"
	  "f:7:36: platforms: no value\n"
	  "f:8:14: an owner is a mapping of keys to values\n"
	  "f:8:17: an owner is one of three: a pod's container (namespace, pod, container), a "
	  "unit, or an exe\n"
	  "f:8:21: an owner is one of three: a pod's container (namespace, pod, container), a "
	  "unit, or an exe\n"
	  "f:8:47: exe: e: not an absolute path of a file\n" },
};

static void test_cases(void **state)
{
	(void)state;
	check_faults(cases, ARRAY_LEN(cases));
}

/* As many faults as there are, however few are kept. */
static void test_many_faults(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	buf_puts(&text, "version: 1\nname: x\nentries:\n");
	for (int i = 0; i <= DIAGS_MAX; i++)
		buf_printf(&text, "  - {ports: %d, protocol: tcp, process: p, prots: 1}\n", i + 1);
	check_int("refused", layer_parse("f", text.data, text.len, &diags, &layer), -EINVAL);
	check_u64("kept", diags.len, DIAGS_MAX);
	check_u64("found", diags.total, DIAGS_MAX + 1);
	check_text("the last that is kept", diags.items[DIAGS_MAX - 1].message,
		   "prots: not a key of an entry; did you mean ports?");
	check_int("its line", (int)diags.items[DIAGS_MAX - 1].line, DIAGS_MAX + 3);
}

/* The lists of a row are in the order of the file. */
static void test_lists(void **state)
{
	static const char text[] =
		"{version: 1, name: x, entries: [{ports: 1, protocol: tcp, process: p, "
		"platforms: [b, a, c], owners: [{unit: u}, {namespace: n, pod: p, container: c}, "
		"{exe: /e}, {container: d}, {namespace: m}]}]}";
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	const struct reg_row *row;

	(void)state;
	assert_int_equal(layer_parse("f", text, strlen(text), &diags, &layer), 0);
	row = &layer->rows[0];
	check_u64("platforms", row->platforms_len, 3);
	check_text("platform", row->platforms[0], "b");
	check_text("platform", row->platforms[1], "a");
	check_text("platform", row->platforms[2], "c");
	check_u64("owners", row->owners_len, 5);
	check_text("unit", row->owners[0].unit, "u");
	check_text("namespace", row->owners[1].namespace_, "n");
	check_text("pod", row->owners[1].pod, "p");
	check_text("container", row->owners[1].container, "c");
	check_text("exe", row->owners[2].exe, "/e");
	check_text("container alone", row->owners[3].container, "d");
	check_text("its pod", row->owners[3].pod, NULL);
	check_text("namespace alone", row->owners[4].namespace_, "m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_many_faults),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
