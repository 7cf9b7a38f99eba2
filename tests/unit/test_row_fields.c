// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/formats/layer_yaml.h"
#include "../../user/registry/row_fields.h"
#include "../../user/registry/row_json.h"

/* A file with a row of each kind that has every field of its kind. */
static const char file[] =
	"version: 1\n"
	"name: full\n"
	"source: somewhere\n"
	"ranges:\n"
	"  - {ports: 9000-9999, protocol: tcp, note: the note}\n"
	"entries:\n"
	"  - {ports: 80, protocol: udp, scope: localhost, table: external, process: a process,\n"
	"     application: an application, role: worker, control_plane: \"no\", team: a team,\n"
	"     since: \"4.1\", platforms: [one, two], notes: the notes,\n"
	"     owners: [{namespace: ns, pod: p, container: c}, {unit: u}, {exe: /x}], source: "
	"here, essential: true}\n"
	"retired:\n"
	"  - {ports: 81, protocol: sctp, scope: localhost, process: a process,\n"
	"     application: an application, role: control-plane, control_plane: \"yes\",\n"
	"     team: a team, since: \"4.1\", removed: \"4.2\", platforms: [one], notes: the notes,\n"
	"     owners: [{unit: u}], source: here}\n"
	"clients:\n"
	"  - {ports: 85, protocol: udp, process: a process, role: worker, team: a team,\n"
	"     since: \"4.1\", platforms: [one], notes: the notes, owners: [{exe: /x}],\n"
	"     source: here}\n"
	"drop:\n"
	"  - {ports: 82, protocol: tcp, layer: other, reason: the reason}\n"
	"exceptions:\n"
	"  - {ports: 83, protocol: tcp, class: scope, owners: [{pod: p}], until: 2030-01-02,\n"
	"     reason: the reason}\n"
	"accept:\n"
	"  - {rule: overlap, ports: 84, protocol: tcp, layer: other, reason: the reason}\n";

static struct reg_layer *full_layer(void)
{
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_layer *layer = NULL;

	if (layer_parse("full", file, strlen(file), &diags, &layer) < 0)
		fail_msg("%s", diags.len ? diags.items[0].message : "no layer");
	return layer;
}

static void test_table(void **state)
{
	(void)state;
	for (int i = 0; i < ROW_FIELD_MAX; i++) {
		const struct field *field = &row_fields[i];

		assert_non_null(field->name);
		check_int(field->name, field->kinds != 0, true);
		check_u64(field->name, field->required & ~field->kinds, 0);
		check_int(field->name, field->type < FIELD_FORMAT, true);
		for (int j = 0; j < i; j++)
			if (field->kinds & row_fields[j].kinds)
				assert_string_not_equal(field->name, row_fields[j].name);
	}
	for (int kind = 0; kind < REG_KIND_MAX; kind++)
		assert_non_null(row_kinds[kind].what);
}

/* Each field that a kind has is read, and written as YAML and as JSON; no other one is. */
static void test_every_field(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = full_layer();

	(void)state;
	check_u64("a row of each kind", layer->len, REG_KIND_MAX);
	for (size_t i = 0; i < layer->len; i++) {
		const struct reg_row *row = &layer->rows[i];
		_cleanup_buf_ struct buf yaml = { 0 }, json = { 0 };
		struct jsonw w = { .out = &json };

		row_yaml(row, &yaml);
		row_json(&w, layer, row);
		for (int f = 0; f < ROW_FIELD_MAX; f++) {
			_cleanup_buf_ struct buf key = { 0 }, member = { 0 };
			const char *name = row_fields[f].name;
			bool has = row_has(row, (enum row_field)f);

			check_int(name, has, row_fields[f].kinds >> row->kind & 1);
			buf_printf(&key, "%s: ", name);
			buf_printf(&member, "\"%s\":", f == ROW_LAYER ? "of" : name);
			if (has) {
				assert_non_null(strstr(yaml.data, key.data));
				assert_non_null(strstr(json.data, member.data));
			} else {
				assert_null(strstr(json.data, member.data));
			}
		}
	}
}

static void test_text(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = full_layer();
	const struct reg_row *entry = &layer->rows[REG_ENTRY], *range = &layer->rows[REG_RANGE];
	const struct reg_row *accept = &layer->rows[REG_ACCEPT];
	struct reg_row all = { .kind = REG_ACCEPT, .any_proto = true };

	(void)state;
	check_text("scope", row_text(entry, ROW_SCOPE), "localhost");
	check_text("role", row_text(entry, ROW_ROLE), "worker");
	check_text("protocol", row_text(entry, ROW_PROTOCOL), "udp");
	check_text("since", row_text(entry, ROW_SINCE), "4.1");
	check_int("since", entry->since.minor, 1);
	check_text("until", row_text(&layer->rows[REG_EXCEPTION], ROW_UNTIL), "2030-01-02");
	check_int("until", layer->rows[REG_EXCEPTION].until.year, 2030);
	check_text("one protocol", row_text(accept, ROW_PROTOCOL), "tcp");
	check_text("note", row_text(range, ROW_NOTE), "the note");
	check_text("its notes", row_text(range, ROW_NOTES), "the note");
	check_text("essential", row_text(entry, ROW_ESSENTIAL), "true");
	assert_null(row_text(&layer->rows[REG_RETIRED], ROW_ESSENTIAL));
	assert_null(row_text(&all, ROW_PROTOCOL));
	assert_null(row_text(range, ROW_SCOPE)); /* its kind has none */
	assert_null(row_text(entry, ROW_CLASS));
	assert_null(row_text(entry, ROW_REMOVED));
	assert_null(row_text(entry, ROW_PORTS));
	assert_null(row_text(entry, ROW_OWNERS));
}

static void test_set_text(void **state)
{
	char *text = NULL;

	(void)state;
	check_int("set", row_set_text(&text, "a"), 0);
	check_text("set", text, "a");
	check_int("empty", row_set_text(&text, ""), 0);
	assert_null(text);
	check_int("set again", row_set_text(&text, "b"), 0);
	check_int("none", row_set_text(&text, NULL), 0);
	assert_null(text);
}

static void test_owner(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = full_layer();
	const struct reg_row *entry = &layer->rows[REG_ENTRY];
	struct reg_row copies = { 0 };

	(void)state;
	copies.owners = calloc(entry->owners_len, sizeof(*copies.owners));
	assert_non_null(copies.owners);
	for (size_t i = 0; i < entry->owners_len; i++) {
		struct reg_owner *copy = &copies.owners[copies.owners_len++];

		check_int("zero", owner_same(copy, &entry->owners[i]), false);
		check_int("copy", owner_copy(copy, &entry->owners[i]), 0);
		check_int("same", owner_same(copy, &entry->owners[i]), true);
		check_int("another", owner_same(copy, &entry->owners[(i + 1) % 3]), false);
	}
	row_done(&copies);
}

/* Owners that differ in one member, or lack it. */
static void test_owner_members(void **state)
{
	char x[] = "x", y[] = "y";
	const struct reg_owner owners[] = {
		{ .namespace_ = x, .pod = x, .container = x, .unit = x, .exe = x },
		{ .namespace_ = y, .pod = x, .container = x, .unit = x, .exe = x },
		{ .namespace_ = x, .pod = y, .container = x, .unit = x, .exe = x },
		{ .namespace_ = x, .pod = x, .container = y, .unit = x, .exe = x },
		{ .namespace_ = x, .pod = x, .container = x, .unit = y, .exe = x },
		{ .namespace_ = x, .pod = x, .container = x, .unit = x, .exe = y },
		{ .pod = x, .container = x, .unit = x, .exe = x },
		{ .namespace_ = x, .pod = x, .container = x, .unit = x },
		{ 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(owners); i++)
		for (size_t j = 0; j < ARRAY_LEN(owners); j++)
			check_int("same", owner_same(&owners[i], &owners[j]), i == j);
}

/* A list for each kind of row, which takes so many of them. */
static void test_lists(void **state)
{
	static const struct {
		const char *name;
		enum reg_kind kind;
		size_t most;
	} lists[] = {
		{ "ranges", REG_RANGE, 1024 },	    { "entries", REG_ENTRY, 131072 },
		{ "retired", REG_RETIRED, 131072 }, { "clients", REG_CLIENT, 131072 },
		{ "drop", REG_DROP, 131072 },	    { "exceptions", REG_EXCEPTION, 131072 },
		{ "accept", REG_ACCEPT, 131072 },
	};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < file_fields.len; i++) {
		const struct field *field = &file_fields.items[i];

		if (field->type != FIELD_ROWS)
			continue;
		assert_true(n < ARRAY_LEN(lists));
		check_text("list", field->name, lists[n].name);
		check_int(field->name, file_list_kind(field), lists[n].kind);
		check_u64(field->name, field->max, lists[n].most);
		n++;
	}
	check_u64("lists", n, ARRAY_LEN(lists));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table), cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_text),  cmocka_unit_test(test_set_text),
		cmocka_unit_test(test_owner), cmocka_unit_test(test_owner_members),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
