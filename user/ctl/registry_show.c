// SPDX-License-Identifier: MIT
/* hostportctl registry show: the rows of all layers. */
#include "verb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/log.h"
#include "../base/table.h"
#include "../formats/layer_yaml.h"
#include "../registry/row_fields.h"
#include "../registry/row_filter.h"
#include "../registry/row_json.h"
#include "registry_argument.h"

enum form {
	FORM_TABLE,
	FORM_WIDE,
	FORM_JSON,
	FORM_YAML,
};

struct show {
	struct node_options node;
	struct row_filter filter;
	int form; /* enum form */
};

static int parse_json(void *form, const char *value, struct buf *err)
{
	(void)value;
	(void)err;
	*(int *)form = FORM_JSON;
	return 0;
}

static int parse_role(void *row_filter, const char *value, struct buf *err)
{
	struct row_filter *filter = row_filter;

	filter->by_role = true;
	return node_options_parse_role(&filter->role, value, err);
}

static const struct option_spec specs[] = {
	NODE_OPTION_REGISTRY(struct show),
	{ "team", "NAME", "only rows of this team (all)", OPTION_TEXT(struct show, filter.team) },
	{ "role", "control-plane|worker|any", "only rows that hold on nodes of this role (all)",
	  OPTION_PARSED(struct show, filter, parse_role) },
	{ "output", "table|wide|json|yaml",
	  "a table; one with more columns; one JSON document; rows as registry files have them, a "
	  "document a layer (table)",
	  OPTION_WORD(struct show, form, FORM_TABLE, FORM_WIDE, FORM_JSON, FORM_YAML),
	  .letter = 'o' },
	{ "json", NULL, "as --output=json", OPTION_PARSED(struct show, form, parse_json) },
};

static const struct options options = {
	.program = "hostportctl registry show",
	.usage = "[options] [PORT|FIRST-LAST[/PROTOCOL]]",
	.summary =
		"Print the rows of the registry, layer by layer: all, or those that name a port.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* The rows that are asked for, one after the other. */
struct walk {
	const struct registry *registry;
	const struct row_filter *filter;
	size_t layer, row; /* the next one */
};

static const struct reg_row *next_row(struct walk *walk, const struct reg_layer **ret_layer)
{
	const struct reg_row *row;

	for (; walk->layer < walk->registry->len; walk->layer++, walk->row = 0) {
		*ret_layer = &walk->registry->layers[walk->layer];
		while (walk->row < (*ret_layer)->len) {
			row = &(*ret_layer)->rows[walk->row++];
			if (row_filter_has(walk->filter, row))
				return row;
		}
	}
	return NULL;
}

static int print_json(struct walk walk)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct jsonw w = { .out = &text };
	const struct reg_layer *layer;
	const struct reg_row *row;

	jsonw_object(&w, NULL);
	jsonw_array(&w, "rows");
	while ((row = next_row(&walk, &layer)))
		row_json(&w, layer, row);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return verb_print(&text);
}

/* The rows of a layer that are asked for, as one's: copies of the structs alone. */
static int layer_to_yaml(const struct reg_layer *layer, const struct row_filter *filter,
			 struct buf *out)
{
	_cleanup_free_ struct reg_row *rows = calloc(layer->len + 1, sizeof(*rows));
	struct reg_layer shown = *layer;

	if (!rows)
		return -ENOMEM;
	shown.rows = rows;
	shown.len = 0;
	for (size_t i = 0; i < layer->len; i++)
		if (row_filter_has(filter, &layer->rows[i]))
			rows[shown.len++] = layer->rows[i];
	if (!shown.len)
		return 0;
	if (out->len)
		buf_puts(out, "---\n");
	layer_yaml(&shown, out);
	return 0;
}

static int print_yaml(const struct walk *walk)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = 0;

	buf_puts(&text, "");
	for (size_t i = 0; r == 0 && i < walk->registry->len; i++)
		r = layer_to_yaml(&walk->registry->layers[i], walk->filter, &text);
	if (r < 0)
		return verb_failed("registry show", r);
	return text.len || text.failed ? verb_print(&text) : EXIT_OK;
}

/* ---- tables -------------------------------------------------------------------------------- */
enum column {
	COLUMN_LAYER,
	COLUMN_KIND,
	COLUMN_PROTO,
	COLUMN_PORTS,
	COLUMN_SCOPE,
	COLUMN_ROLE,
	COLUMN_PROCESS,
	COLUMN_APPLICATION,
	COLUMN_TEAM,
	COLUMN_SINCE,
	COLUMN_REMOVED,
	COLUMN_PLATFORMS,
	COLUMN_OWNERS,
	COLUMN_CLASS,
	COLUMN_UNTIL,
	COLUMN_NOTES,
	COLUMN_MAX,
};

/* What a table has of a row: its column, and whether only a wide one has it. */
static const struct {
	struct table_column column;
	bool wide;
} columns[COLUMN_MAX] = {
	[COLUMN_LAYER] = { { .name = "LAYER", .drop = 2 }, false },
	[COLUMN_KIND] = { { .name = "KIND" }, false },
	[COLUMN_PROTO] = { { .name = "PROTO" }, false },
	[COLUMN_PORTS] = { { .name = "PORTS" }, false },
	[COLUMN_SCOPE] = { { .name = "SCOPE", .drop = 1 }, false },
	[COLUMN_ROLE] = { { .name = "ROLE", .drop = 3 }, false },
	[COLUMN_PROCESS] = { { .name = "PROCESS", .truncate = true }, false },
	[COLUMN_APPLICATION] = { { .name = "APPLICATION" }, true },
	[COLUMN_TEAM] = { { .name = "TEAM", .truncate = true, .drop = 4 }, false },
	[COLUMN_SINCE] = { { .name = "SINCE" }, true },
	[COLUMN_REMOVED] = { { .name = "REMOVED" }, true },
	[COLUMN_PLATFORMS] = { { .name = "PLATFORMS" }, true },
	[COLUMN_OWNERS] = { { .name = "OWNERS" }, true },
	[COLUMN_CLASS] = { { .name = "CLASS" }, true },
	[COLUMN_UNTIL] = { { .name = "UNTIL" }, true },
	[COLUMN_NOTES] = { { .name = "NOTES", .truncate = true, .drop = 5 }, false },
};

static void put_note(const struct reg_row *row, struct buf *out)
{
	if (row->rule)
		buf_printf(out, "%s: ", row->rule);
	if (row->notes || row->reason)
		buf_puts(out, row->notes ? row->notes : row->reason);
}

static void put_platforms(const struct reg_row *row, struct buf *out)
{
	for (size_t i = 0; i < row->platforms_len; i++)
		buf_printf(out, "%s%s", i ? "," : "", row->platforms[i]);
}

static int add_row(struct table *table, bool wide, const struct reg_layer *layer,
		   const struct reg_row *row)
{
	_cleanup_buf_ struct buf ports = { 0 }, note = { 0 }, platforms = { 0 }, owners = { 0 };
	const char *protocol = row_text(row, ROW_PROTOCOL);
	const char *all[COLUMN_MAX], *cells[COLUMN_MAX];
	size_t n = 0;

	buf_puts(&ports, row->first ? "" : "all");
	if (row->first)
		reg_ports_put(row->first, row->last, &ports);
	put_note(row, &note);
	put_platforms(row, &platforms);
	if (row->owners_len)
		row_owners_json(row, &owners);
	if (ports.failed || note.failed || platforms.failed || owners.failed)
		return -ENOMEM;
	all[COLUMN_LAYER] = layer->name;
	all[COLUMN_KIND] = row->dropped ? "dropped" : word_kind(row->kind);
	all[COLUMN_PROTO] = protocol ? protocol : "all";
	all[COLUMN_PORTS] = ports.data;
	all[COLUMN_SCOPE] = row_text(row, ROW_SCOPE);
	all[COLUMN_ROLE] = row_text(row, ROW_ROLE);
	all[COLUMN_PROCESS] = row->process;
	all[COLUMN_APPLICATION] = row_text(row, ROW_APPLICATION);
	all[COLUMN_TEAM] = row->team;
	all[COLUMN_SINCE] = row_text(row, ROW_SINCE);
	all[COLUMN_REMOVED] = row_text(row, ROW_REMOVED);
	all[COLUMN_PLATFORMS] = platforms.data;
	all[COLUMN_OWNERS] = owners.data;
	all[COLUMN_CLASS] = row_text(row, ROW_CLASS);
	all[COLUMN_UNTIL] = row_text(row, ROW_UNTIL);
	all[COLUMN_NOTES] = note.data;
	for (size_t i = 0; i < COLUMN_MAX; i++)
		if (wide || !columns[i].wide)
			cells[n++] = all[i];
	return table_add(table, cells);
}

/* Nothing is cut in a wide one. */
static int print_table(struct walk walk, bool wide)
{
	_cleanup_(table_freep) struct table *table = NULL;
	const struct table_view view = { .wide = wide };
	struct table_column shown[COLUMN_MAX];
	const struct reg_layer *layer;
	const struct reg_row *row;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < COLUMN_MAX; i++) {
		if (!wide && columns[i].wide)
			continue;
		shown[n++] = columns[i].column;
	}
	r = table_new(shown, n, &table);
	if (r == 0)
		table_set_view(table, &view);
	while (r == 0 && (row = next_row(&walk, &layer)))
		r = add_row(table, wide, layer, row);
	return verb_print_table("registry show", table, r);
}

static int print(struct walk walk, enum form form)
{
	switch (form) {
	case FORM_JSON:
		return print_json(walk);
	case FORM_YAML:
		return print_yaml(&walk);
	case FORM_TABLE:
	case FORM_WIDE:
		break;
	}
	return print_table(walk, form == FORM_WIDE);
}

static int find_ports(struct show *show, int argc, char **argv, int operands)
{
	_cleanup_buf_ struct buf err = { 0 };

	if (operands == argc)
		return EXIT_OK;
	if (argc - operands > 1)
		log_error("registry show: one port or range of ports at most: try --help");
	else if (row_filter_parse(argv[operands], &show->filter, &err) == 0)
		return EXIT_OK;
	else
		log_error("registry show: %s", err.data ? err.data : "?");
	return EXIT_USAGE;
}

int registry_show(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	struct show show = { 0 };
	struct walk walk = { .filter = &show.filter };
	int operands, status;

	if (verb_parse(&options, &show, argc, argv, &operands, &status) != 0)
		return status;
	status = find_ports(&show, argc, argv, operands);
	if (status == EXIT_OK)
		status = registry_argument_find(ctl, &show.node, NULL, &registry);
	if (status != EXIT_OK)
		return status;
	walk.registry = registry;
	return print(walk, (enum form)show.form);
}
