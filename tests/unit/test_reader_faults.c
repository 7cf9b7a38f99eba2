// SPDX-License-Identifier: MIT
/* layer_parse(): what is said of a registry file that has faults, and where. */
#include "test.h"

#include <errno.h>

#include "../../user/registry/registry.h"

struct bad_case {
	/*
	 * What follows "version: 1, name: x, " in braces, with an @ before what is
	 * wrong; or, where it has a line end, the whole file.
	 */
	const char *text;
	const char *want; /* @ is the position of the @ */
};

#define ENTRY(keys)	"entries: [{" keys "}]"
#define PORT		"ports: 1, protocol: tcp, "
#define WITH(keys)	ENTRY(PORT "process: p, " keys)
#define RETIRED(keys)	"retired: [{" PORT "process: p, " keys "}]"
#define EXCEPTION(keys) "exceptions: [{" PORT keys "}]"
#define DROP(keys)	"drop: [{" PORT keys "}]"

static const struct bad_case bad_cases[] = {
	/* The whole. */
	{ "[]\n", "f:1:1: a registry file is a mapping of keys to values\n" },
	{ "x\n", "f:1:1: a registry file is a mapping of keys to values\n" },
	{ "{}\n", "f:1:1: a registry file must have the key version\n"
		  "f:1:1: a registry file must have the key name\n" },
	{ "version: 2\nname: x\n",
	  "f:1:10: version: 2: not a version of the format that is known (1)\n" },
	{ "version: 1.0\nname: x\n",
	  "f:1:10: version: 1.0: not a version of the format that is known (1)\n" },
	{ "version: \"1\"\nname: x\n",
	  "f:1:10: version: 1: a number, to be written without quotes\n" },
	{ "version:\nname: x\n", "f:1:9: version: no value\n" },
	{ "version: [1]\nname: x\n", "f:1:10: version: a single value is expected, not a list\n" },
	{ "version: 1\nname: Bad\n",
	  "f:2:7: name: Bad: not a name (a-z, 0-9, inside also - and ., at most 63 in all)\n" },
	{ "version: 1\nname: x-\n",
	  "f:2:7: name: x-: not a name (a-z, 0-9, inside also - and ., at most 63 in all)\n" },
	{ "version: 1\nname: ''\n", "f:2:7: name: no value\n" },
	{ "version: 1\nname: x\nentry: []\n", "f:3:1: entry: not a key of a registry file\n" },
	{ "version: 1\nname: x\nentrys: []\n",
	  "f:3:1: entrys: not a key of a registry file; did you mean entries?\n" },
	{ "version: 1\nname: x\nname: y\n", "f:3:1: name: the key was given in line 2 already\n" },
	{ "version: 1\nname: x\nentries:\n",
	  "f:3:9: entries: no value; an empty list is written []\n" },
	{ "version: 1\nname: x\nentries: 5\n", "f:3:10: entries: a list is expected\n" },
	{ "version: 1\nname: x\nentries: {a: 1}\n", "f:3:10: entries: a list is expected\n" },
	{ "version: 1\nname: x\nentries: [1, [], null]\n",
	  "f:3:11: an entry is a mapping of keys to values\n"
	  "f:3:14: an entry is a mapping of keys to values\n"
	  "f:3:18: an entry is a mapping of keys to values\n" },

	/* Ports. */
	{ ENTRY("ports: @70000, protocol: tcp, process: p"),
	  "@: ports: 70000: not a port (1 to 65535)\n" },
	{ ENTRY("ports: @0, protocol: tcp, process: p"), "@: ports: 0: not a port (1 to 65535)\n" },
	{ ENTRY("ports: @-1, protocol: tcp, process: p"),
	  "@: ports: -1: not a port (1 to 65535)\n" },
	{ ENTRY("ports: @0x50, protocol: tcp, process: p"),
	  "@: ports: 0x50: not a port (1 to 65535)\n" },
	{ ENTRY("ports: @010, protocol: tcp, process: p"),
	  "@: ports: 010: not a port (1 to 65535)\n" },
	{ ENTRY("ports: @1_000, protocol: tcp, process: p"),
	  "@: ports: 1_000: not a port (1 to 65535)\n" },
	{ ENTRY("ports: @80x, protocol: tcp, process: p"),
	  "@: ports: 80x: not a port (1 to 65535)\n" },
	{ ENTRY("ports: @'', protocol: tcp, process: p"), "@: ports: no value\n" },
	{ ENTRY("ports: @9-5, protocol: tcp, process: p"),
	  "@: ports: 9-5: a reversed range: the lower port comes first\n" },
	{ ENTRY("ports: @9-65536, protocol: tcp, process: p"),
	  "@: ports: 9-65536: not ports (N or N-M, each 1 to 65535)\n" },
	{ ENTRY("ports: @0-9, protocol: tcp, process: p"),
	  "@: ports: 0-9: not ports (N or N-M, each 1 to 65535)\n" },
	{ ENTRY("ports: @5 - 9, protocol: tcp, process: p"),
	  "@: ports: 5 - 9: not ports (N or N-M, each 1 to 65535)\n" },
	{ ENTRY("ports: @5-6-7, protocol: tcp, process: p"),
	  "@: ports: 5-6-7: not ports (N or N-M, each 1 to 65535)\n" },
	{ ENTRY("ports: @[1], protocol: tcp, process: p"),
	  "@: ports: a single value is expected, not a list\n" },
	{ ENTRY("ports: @{a: 1}, protocol: tcp, process: p"),
	  "@: ports: a single value is expected, not a mapping\n" },

	/* Words. */
	{ ENTRY("ports: 1, protocol: @tpc, process: p"),
	  "@: protocol: tpc: not one of tcp, udp, udplite, sctp; did you mean tcp?\n" },
	{ ENTRY("ports: 1, protocol: @udplit, process: p"),
	  "@: protocol: udplit: not one of tcp, udp, udplite, sctp; did you mean udplite?\n" },
	{ ENTRY("ports: 1, protocol: @TCP, process: p"),
	  "@: protocol: TCP: not one of tcp, udp, udplite, sctp\n" },
	{ ENTRY("ports: 1, protocol: @dccp, process: p"),
	  "@: protocol: dccp: not one of tcp, udp, udplite, sctp; did you mean sctp?\n" },
	{ WITH("scope: @local"), "@: scope: local: not one of external, localhost\n" },
	{ WITH("role: @master"), "@: role: master: not one of any, control-plane, worker\n" },
	{ WITH("role: @workers"),
	  "@: role: workers: not one of any, control-plane, worker; did you mean worker?\n" },
	{ WITH("control_plane: @maybe"), "@: control_plane: maybe: not one of no, yes\n" },
	{ WITH("table: @internal"),
	  "@: table: internal: not one of external, localhost; did you mean external?\n" },
	{ EXCEPTION("class: @none, until: 2027-01-01, reason: r"),
	  "@: class: none: not one of unregistered, retired, inactive, scope, owner, "
	  "undeclared, ephemeral\n" },

	/* Texts. */
	{ ENTRY(PORT "process: @"), "@: process: no value\n" },
	{ ENTRY(PORT "process: @~"), "@: process: no value\n" },
	{ ENTRY(PORT "process: @''"), "@: process: no value\n" },
	{ ENTRY(PORT "process: @[]"), "@: process: a single value is expected, not a list\n" },
	{ WITH("team: @0123456789012345678901234567890123456789012345678901234567890123456789"
	       "01234567890123456789012345678901234567890123456789012345678"),
	  "@: team: longer than 128 characters\n" },

	/* Versions and days. */
	{ WITH("since: @4.10"),
	  "@: since: 4.10: a version stands in quotes: without them it is a number to other "
	  "YAML readers, and 4.10 would be 4.1\n" },
	{ WITH("since: @'4'"), "@: since: 4: not a version (\"X.Y\", as in \"4.10\")\n" },
	{ WITH("since: @'4.1.2'"), "@: since: 4.1.2: not a version (\"X.Y\", as in \"4.10\")\n" },
	{ WITH("since: @'4.01'"), "@: since: 4.01: not a version (\"X.Y\", as in \"4.10\")\n" },
	{ WITH("since: @v4.1"), "@: since: v4.1: not a version (\"X.Y\", as in \"4.10\")\n" },
	{ RETIRED("removed: @4.11"),
	  "@: removed: 4.11: a version stands in quotes: without them it is a number to other "
	  "YAML readers, and 4.10 would be 4.1\n" },
	{ EXCEPTION("class: scope, until: @2027-02-29, reason: r"),
	  "@: until: 2027-02-29: not a day (YYYY-MM-DD)\n" },
	{ EXCEPTION("class: scope, until: @2027-2-9, reason: r"),
	  "@: until: 2027-2-9: not a day (YYYY-MM-DD)\n" },
	{ EXCEPTION("class: scope, until: @never, reason: r"),
	  "@: until: never: not a day (YYYY-MM-DD)\n" },

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
	{ WITH("owners: [{exe: @crio}]"), "@: exe: crio: not an absolute path of a file\n" },
	{ WITH("owners: [{exe: @/}]"), "@: exe: /: not an absolute path of a file\n" },
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
	{ DROP("layer: @X, reason: r"),
	  "@: layer: X: not a name (a-z, 0-9, inside also - and ., at most 63 in all)\n" },
	{ DROP("reason: r, @process: x"), "@: process: not a key of a drop\n" },
	{ "exceptions: [@{ports: 1, protocol: tcp}]",
	  "@: an exception must have the key class\n"
	  "@: an exception must have the key until\n"
	  "@: an exception must have the key reason\n" },

	{ "accept: [@{}]", "@: an accept must have the key rule\n"
			   "@: an accept must have the key reason\n" },
	{ "accept: [{reason: r, rule: @No Rule}]",
	  "@: rule: No Rule: not a name (a-z, 0-9, inside also - and ., at most 63 in all)\n" },
	{ "accept: [{rule: a, reason: r, ports: @0}]", "@: ports: 0: not a port (1 to 65535)\n" },
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
};

/* Copy the text without its mark; the position of the mark. */
static size_t unmark(const char *text, struct buf *out)
{
	size_t column = 0;

	for (; *text; text++) {
		if (*text == '@')
			column = out->len + 1;
		else
			buf_putc(out, *text);
	}
	return column;
}

static void put_want(const char *want, size_t column, struct buf *out)
{
	buf_reset(out);
	for (; *want; want++) {
		if (*want == '@')
			buf_printf(out, "f:1:%zu", column);
		else
			buf_putc(out, *want);
	}
}

static void check_bad(const struct bad_case *c)
{
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 }, want = { 0 };
	bool whole = strchr(c->text, '\n') != NULL;
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	size_t column;

	buf_puts(&text, whole ? "" : "{version: 1, name: x, ");
	column = unmark(c->text, &text);
	buf_puts(&text, whole ? "" : "}");
	check_int(c->text, layer_parse("f", text.data, text.len, &diags, &layer), -EINVAL);
	assert_null(layer);
	diags_text(&diags, &out);
	put_want(c->want, column, &want);
	check_text(c->text, out.data, want.data);
}

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++)
		check_bad(&bad_cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
