// SPDX-License-Identifier: MIT
/* What a single value of a registry file may be, and the bounds of all of them. */
#include "fault_cases.h"

#include <stdio.h>

#include "../../bpf/abi.h"
#include "../../user/registry/reader_value.h"

static const struct fault_case cases[] = {
	/* The version of the format, and names. */
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
	{ "version: 1\nname: x\nsource: here\n", NULL },
	{ "version: 1\nname: my.layer-1\n", NULL },
	{ DROP("layer: @X, reason: r"),
	  "@: layer: X: not a name (a-z, 0-9, inside also - and ., at most 63 in all)\n" },
	{ "accept: [{reason: r, rule: @No Rule}]",
	  "@: rule: No Rule: not a name (a-z, 0-9, inside also - and ., at most 63 in all)\n" },

	/* Ports. */
	{ ENTRY("ports: 1, protocol: tcp, process: p"), NULL },
	{ ENTRY("ports: 65535, protocol: tcp, process: p"), NULL },
	{ ENTRY("ports: 1-65535, protocol: tcp, process: p"), NULL },
	{ ENTRY("ports: '80', protocol: tcp, process: p"), NULL },
	{ ENTRY("ports: \"80-80\", protocol: tcp, process: p"), NULL },
	{ "accept: [{rule: a, reason: r, ports: @0}]", "@: ports: 0: not a port (1 to 65535)\n" },
	{ ENTRY("ports: @65535-1, protocol: tcp, process: p"),
	  "@: ports: 65535-1: a reversed range: the lower port comes first\n" },
	{ ENTRY("ports: @5-0, protocol: tcp, process: p"),
	  "@: ports: 5-0: not ports (N or N-M, each 1 to 65535)\n" },
	{ ENTRY("ports: @65536-1, protocol: tcp, process: p"),
	  "@: ports: 65536-1: not ports (N or N-M, each 1 to 65535)\n" },
	{ ENTRY("ports: @00000000009-1, protocol: tcp, process: p"),
	  "@: ports: 00000000009-1: not ports (N or N-M, each 1 to 65535)\n" },
	{ ENTRY("ports: @9-, protocol: tcp, process: p"),
	  "@: ports: 9-: not ports (N or N-M, each 1 to 65535)\n" },
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
	{ ENTRY("ports: 1, protocol: @Tcp, process: p"),
	  "@: protocol: Tcp: not one of tcp, udp, udplite, sctp; did you mean tcp?\n" },
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

	/* Versions and days. */
	{ WITH("since: \"0.1\""), NULL },
	{ WITH("since: '9999.9999'"), NULL },
	{ WITH("since: @'10000.1'"),
	  "@: since: 10000.1: not a version (\"X.Y\", as in \"4.10\")\n" },
	{ RETIRED("removed: '4.11'"), NULL },
	{ EXCEPTION("class: ephemeral, until: '2028-02-29', reason: r"), NULL },
	{ EXCEPTION("class: ephemeral, until: 2028-02-29, reason: r"), NULL },
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

	/* Paths. */
	{ WITH("owners: [{exe: /x}]"), NULL },
	{ WITH("owners: [{exe: @crio}]"), "@: exe: crio: not an absolute path of a file\n" },
	{ WITH("owners: [{exe: @/}]"), "@: exe: /: not an absolute path of a file\n" },
	{ WITH("owners: [{exe: @[/x]}]"), "@: exe: a single value is expected, not a list\n" },

	/* Names of platforms. */
	{ WITH("platforms: [a, '9', a-b, 0-0]"), NULL },
	{ WITH("platforms: [@-a]"),
	  "@: platforms: -a: not a name of a platform (a-z, 0-9, inside also -)\n" },
	{ WITH("platforms: [@a-]"),
	  "@: platforms: a-: not a name of a platform (a-z, 0-9, inside also -)\n" },
	{ WITH("platforms: [@a.b]"),
	  "@: platforms: a.b: not a name of a platform (a-z, 0-9, inside also -)\n" },
	{ WITH("platforms: [@'']"), "@: platforms: no value\n" },
	{ WITH("platforms: [@null]"), "@: platforms: no value\n" },

	/* What other readers take for no value, and what they don't. */
	{ WITH("team: @null"), "@: team: no value\n" },
	{ WITH("team: @Null"), "@: team: no value\n" },
	{ WITH("team: @NULL"), "@: team: no value\n" },
	{ WITH("team: @~"), "@: team: no value\n" },
	{ WITH("team: @"), "@: team: no value\n" },
	{ WITH("team: @\"\""), "@: team: no value\n" },
	{ WITH("team: nUll"), NULL },
	{ WITH("team: nulls"), NULL },
	{ WITH("team: 'null'"), NULL },
	{ WITH("team: '~'"), NULL },
	{ WITH("owners: @null"), "@: owners: no value; an empty list is written []\n" },
	{ WITH("owners: @~"), "@: owners: no value; an empty list is written []\n" },
	{ WITH("owners: @'null'"), "@: owners: a list is expected\n" },
	{ WITH("owners: @''"), "@: owners: a list is expected\n" },
	{ WITH("owners: []"), NULL },
	{ WITH("essential: true"), NULL },
	{ WITH("essential: false"), NULL },
	{ WITH("essential: @yes"), "@: essential: yes: not true or false, without quotes\n" },
	{ WITH("essential: @'true'"), "@: essential: true: not true or false, without quotes\n" },
	{ WITH("essential: @[true]"), "@: essential: a single value is expected, not a list\n" },
	{ WITH("platforms: []"), NULL },

	/* Texts that look like something else. */
	{ WITH("team: yes"), NULL },
	{ WITH("notes: 1.50"), NULL },
	{ WITH("control_plane: no"), NULL },

	/* As much of a value as is shown. */
	{ WITH("role: @0123456789012345678901234567890123456789012345678901234567890123"),
	  "@: role: 0123456789012345678901234567890123456789012345678901234567890123: "
	  "not one of any, control-plane, worker\n" },
	{ WITH("role: @01234567890123456789012345678901234567890123456789012345678901234"),
	  "@: role: 0123456789012345678901234567890123456789012345678901234567890123...: "
	  "not one of any, control-plane, worker\n" },
};

static void test_cases(void **state)
{
	(void)state;
	check_faults(cases, ARRAY_LEN(cases));
}

/* ---- bounds ---------------------------------------------------------------------------------- */
enum filling {
	LETTERS, /* x, and as well é: characters are counted, not bytes */
	NAME,	 /* a name as layers have */
	PATH,
	PLATFORM,
	PLATFORMS,
	OWNERS,
	ROWS, /* each is refused, the list is not */
};

struct bound {
	const char *key;
	const char *before, *after; /* the value */
	enum filling filling;
	size_t most;
};

#define FILE_KEY "version: 1\nname: x\n"
#define ROW	 FILE_KEY "entries:\n  - {ports: 1, protocol: tcp, process: p, "
#define OWNER	 ROW "owners: [{"

static const struct bound bounds[] = {
	{ "source", FILE_KEY "source: ", "\n", LETTERS, 1024 },
	{ "process", FILE_KEY "entries: [{ports: 1, protocol: tcp, process: ", "}]", LETTERS, 128 },
	{ "application", ROW "application: ", "}", LETTERS, 128 },
	{ "team", ROW "team: ", "}", LETTERS, 128 },
	{ "notes", ROW "notes: ", "}", LETTERS, 1024 },
	{ "source", ROW "source: ", "}", LETTERS, 1024 },
	{ "note", FILE_KEY "ranges: [{ports: 1, protocol: tcp, note: ", "}]", LETTERS, 1024 },
	{ "reason", FILE_KEY "drop: [{ports: 1, protocol: tcp, reason: ", "}]", LETTERS, 1024 },
	{ "reason",
	  FILE_KEY
	  "exceptions: [{ports: 1, protocol: tcp, class: scope, until: 2027-01-01, reason: ",
	  "}]", LETTERS, 1024 },
	{ "reason", FILE_KEY "accept: [{rule: r, reason: ", "}]", LETTERS, 1024 },
	{ "namespace", OWNER "namespace: ", "}]}", LETTERS, 253 },
	{ "pod", OWNER "pod: ", "}]}", LETTERS, 253 },
	{ "container", OWNER "container: ", "}]}", LETTERS, 253 },
	{ "unit", OWNER "unit: ", "}]}", LETTERS, 255 },
	{ "exe", OWNER "exe: ", "}]}", PATH, 255 },
	{ "name", "version: 1\nname: ", "\n", NAME, 63 },
	{ "rule", FILE_KEY "accept: [{reason: r, rule: ", "}]", NAME, 63 },
	{ "layer", FILE_KEY "accept: [{reason: r, rule: r, layer: ", "}]", NAME, 63 },
	{ "layer", FILE_KEY "drop: [{ports: 1, protocol: tcp, reason: r, layer: ", "}]", NAME, 63 },
	{ "platforms", ROW "platforms: [", "]}", PLATFORM, 63 },
	{ "platforms", ROW "platforms: ", "}", PLATFORMS, 64 },
	{ "owners", ROW "owners: ", "}", OWNERS, 64 },
	{ "ranges", FILE_KEY "ranges: ", "\n", ROWS, 1024 },
};

static void fill(enum filling filling, const char *letter, size_t n, struct buf *out)
{
	static const char *const items[][2] = {
		[PLATFORMS] = { "p", "," },
		[OWNERS] = { "{unit: u", "}," },
		[ROWS] = { "a", "," },
	};

	buf_puts(out, filling == PATH ? "/" : filling >= PLATFORMS ? "[" : "");
	for (size_t i = filling == PATH; i < n; i++) {
		if (filling >= PLATFORMS)
			buf_printf(out, "%s%zu%s", items[filling][0], i, items[filling][1]);
		else
			buf_puts(out, letter);
	}
	buf_puts(out, filling >= PLATFORMS ? "]" : "");
}

/* What is said of a value that is too long, but for what it shows of it. */
static void put_refusal(const struct bound *b, struct buf *out)
{
	switch (b->filling) {
	case LETTERS:
	case PATH:
		buf_printf(out, "longer than %zu characters", b->most);
		break;
	case NAME:
		buf_puts(out, "not a name (a-z, 0-9, inside also - and ., at most 63 in all)");
		break;
	case PLATFORM:
		buf_puts(out, "not a name of a platform (a-z, 0-9, inside also -)");
		break;
	default:
		buf_printf(out, "%zu items are more than %zu", b->most + 1, b->most);
	}
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static void check_value(const struct bound *b, const char *letter, size_t n)
{
	_cleanup_buf_ struct buf text = { 0 }, refusal = { 0 }, key = { 0 };
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	const char *line = strrchr(b->before, '\n') + 1;
	_cleanup_diags_ struct diags diags = { 0 };
	bool fits = n <= b->most;
	char name[64];
	int r;

	(void)snprintf(name, sizeof(name), "%s of %zu", b->key, n);
	buf_puts(&text, b->before);
	fill(b->filling, letter, n, &text);
	buf_puts(&text, b->after);
	r = layer_parse("f", text.data, text.len, &diags, &layer);
	if (fits && b->filling == ROWS) {
		check_u64(name, diags.total, n); /* each row, but not the list */
		return;
	}
	check_int(name, r, fits ? 0 : -EINVAL);
	check_u64(name, diags.total, fits ? 0 : 1);
	if (fits)
		return;
	put_refusal(b, &refusal);
	buf_printf(&key, "%s: ", b->key);
	check_int(name, strncmp(diags.items[0].message, key.data, key.len), 0);
	if (!ends_with(diags.items[0].message, refusal.data))
		fail_msg("%s: %s", name, diags.items[0].message);
	check_u64(name, diags.items[0].column, strlen(line) + 1);
}

/* The longest value is taken and a longer one is not, with its place; of each key. */
static void test_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		check_value(&bounds[i], "x", bounds[i].most);
		check_value(&bounds[i], "x", bounds[i].most + 1);
		if (bounds[i].filling != LETTERS && bounds[i].filling != PATH)
			continue;
		check_value(&bounds[i], "\xc3\xa9", bounds[i].most);
		check_value(&bounds[i], "\xc3\xa9", bounds[i].most + 1);
	}
}

/* Each word of each set, and where its number is in the row. */
static void test_words(void **state)
{
	static const struct {
		const char *keys;
		uint8_t proto, scope, role;
		const char *table, *control_plane;
	} rows[] = {
		{ "protocol: tcp", HP_PROTO_TCP, 0, 0, NULL, NULL },
		{ "protocol: udp", HP_PROTO_UDP, 0, 0, NULL, NULL },
		{ "protocol: udplite", HP_PROTO_UDPLITE, 0, 0, NULL, NULL },
		{ "protocol: sctp, scope: external", HP_PROTO_SCTP, HP_SCOPE_EXTERNAL, 0, NULL,
		  NULL },
		{ "protocol: tcp, scope: localhost", 0, HP_SCOPE_LOCALHOST, 0, NULL, NULL },
		{ "protocol: tcp, role: any", 0, 0, REG_ROLE_ANY, NULL, NULL },
		{ "protocol: tcp, role: control-plane", 0, 0, REG_ROLE_CONTROL_PLANE, NULL, NULL },
		{ "protocol: tcp, role: worker", 0, 0, REG_ROLE_WORKER, NULL, NULL },
		{ "protocol: tcp, table: external", 0, 0, 0, "external", NULL },
		{ "protocol: tcp, table: localhost", 0, 0, 0, "localhost", NULL },
		{ "protocol: tcp, control_plane: \"no\"", 0, 0, 0, NULL, "no" },
		{ "protocol: tcp, control_plane: \"yes\"", 0, 0, 0, NULL, "yes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf text = { 0 };
		const struct reg_row *row;

		buf_printf(&text, "{version: 1, name: x, entries: [{ports: 1, process: p, %s}]}",
			   rows[i].keys);
		check_int(rows[i].keys, layer_parse("f", text.data, text.len, &diags, &layer), 0);
		row = &layer->rows[0];
		check_int(rows[i].keys, row->proto, rows[i].proto);
		check_int(rows[i].keys, row->scope, rows[i].scope);
		check_int(rows[i].keys, row->role, rows[i].role);
		check_text(rows[i].keys, row->table, rows[i].table);
		check_text(rows[i].keys, row->control_plane, rows[i].control_plane);
	}
}

/* The classes that an exception may have, but none. */
static void test_classes(void **state)
{
	static const char *const classes[] = {
		[HP_CLASS_UNREGISTERED] = "unregistered",
		[HP_CLASS_RETIRED] = "retired",
		[HP_CLASS_INACTIVE] = "inactive",
		[HP_CLASS_SCOPE] = "scope",
		[HP_CLASS_OWNER] = "owner",
		[HP_CLASS_UNDECLARED] = "undeclared",
		[HP_CLASS_EPHEMERAL] = "ephemeral",
	};

	(void)state;
	for (size_t i = HP_CLASS_UNREGISTERED; i < ARRAY_LEN(classes); i++) {
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text,
			   "{version: 1, name: x, exceptions: [{ports: 1, protocol: tcp, class: "
			   "%s, until: '2028-02-29', reason: r}]}",
			   classes[i]);
		check_int(classes[i], layer_parse("f", text.data, text.len, &diags, &layer), 0);
		check_u64(classes[i], layer->rows[0].cls, i);
	}
}

/* The value of the only key of a mapping. */
static struct yaml_tree *tree_of(const char *value, struct diags *diags)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct yaml_tree *tree = NULL;

	buf_printf(&text, "k: %s\n", value);
	check_int(value, yaml_tree_parse("f", text.data, text.len, diags, &tree), 0);
	return tree;
}

/* What a value that is refused leaves as it was, and one that is taken replaces. */
static void check_text_member(const char *name, char **member, const char *value, bool refused)
{
	check_text(name, *member, refused ? "old" : value);
	free(*member);
	*member = NULL;
}

static void check_value_of(const struct field *field, const char *text)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = tree_of(text, &diags);
	const struct reader reader = { .file = "f", .tree = tree, .diags = &diags };
	const struct yaml_node *value = yaml_tree_next(tree, yaml_tree_first(tree, tree->nodes));
	union {
		struct reg_row row;
		struct reg_owner owner;
		struct file_head head;
	} object;
	uint8_t *word = (uint8_t *)&object + field->offset;
	char **member = field_text(field, &object);

	memset(&object, 0, sizeof(object));
	if (member)
		*member = strdup("old");
	if (field->type == FIELD_WORD || field->type == FIELD_PROTOCOL)
		*word = 0xff;
	check_int(field->name, reader_value(&reader, field, value, &object), 0);
	if (member)
		check_text_member(field->name, member, yaml_tree_text(tree, value), diags.total);
	else if (field->type == FIELD_WORD || field->type == FIELD_PROTOCOL)
		check_int(field->name, *word,
			  diags.total ? 0xff :
					words_find(field->words, yaml_tree_text(tree, value)));
	else if (field->type == FIELD_PORTS)
		check_int(field->name, object.row.first == 0, diags.total != 0);
}

static void check_values_of(const struct field *field)
{
	static const char *const texts[] = {
		"a",	 "~",	  "''",	 "[a]",	   "[]",       "{a: b}", "80",
		"1-2",	 "9-5",	  "x-",	 "'4.10'", "4.10",     "v4",	 "2027-01-01",
		"never", "1",	  "'1'", "tcp",	   "external", "worker", "localhost",
		"yes",	 "scope", "/x",	 "crio",   "any",      "udp",	 "unregistered",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		check_value_of(field, texts[i]);
}

/* Of every field, whatever the value is: a fault is said, and reading goes on. */
static void test_members(void **state)
{
	(void)state;
	for (int i = 0; i < ROW_FIELD_MAX; i++)
		if (row_fields[i].type != FIELD_PLATFORMS && row_fields[i].type != FIELD_OWNERS)
			check_values_of(&row_fields[i]);
	for (size_t i = 0; i < owner_fields.len; i++)
		check_values_of(&owner_fields.items[i]);
	for (size_t i = 0; i < file_fields.len; i++)
		check_values_of(&file_fields.items[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),	cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_words),	cmocka_unit_test(test_members),
		cmocka_unit_test(test_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
