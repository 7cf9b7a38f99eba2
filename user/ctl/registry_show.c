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
#include "table_output.h"

struct show {
	struct node_options node;
	struct row_filter filter;
	struct table_output output;
};

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
	{ "output", "table|wide|json|yaml|COLUMN,...",
	  "a table; one with all columns, and uncut; one JSON document; rows as registry files have"
	  " them, a document a layer; a table of these columns (table)",
	  OPTION_PARSED(struct show, output, table_output_parse_yaml), .letter = 'o' },
	TABLE_OUTPUT_REST(struct show),
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

static const struct table_column columns[COLUMN_MAX] = {
	[COLUMN_LAYER] = { .name = "LAYER", .drop = 2 },
	[COLUMN_KIND] = { .name = "KIND" },
	[COLUMN_PROTO] = { .name = "PROTO" },
	[COLUMN_PORTS] = { .name = "PORTS" },
	[COLUMN_SCOPE] = { .name = "SCOPE", .drop = 1 },
	[COLUMN_ROLE] = { .name = "ROLE", .drop = 3 },
	[COLUMN_PROCESS] = { .name = "PROCESS", .truncate = true },
	[COLUMN_APPLICATION] = { .name = "APPLICATION" },
	[COLUMN_TEAM] = { .name = "TEAM", .truncate = true, .drop = 4 },
	[COLUMN_SINCE] = { .name = "SINCE" },
	[COLUMN_REMOVED] = { .name = "REMOVED" },
	[COLUMN_PLATFORMS] = { .name = "PLATFORMS" },
	[COLUMN_OWNERS] = { .name = "OWNERS" },
	[COLUMN_CLASS] = { .name = "CLASS" },
	[COLUMN_UNTIL] = { .name = "UNTIL" },
	[COLUMN_NOTES] = { .name = "NOTES", .truncate = true, .drop = 5 },
};

/* Those of a table that is not wide, if none are named. */
#define COLUMNS_USUAL "LAYER,KIND,PROTO,PORTS,SCOPE,ROLE,PROCESS,TEAM,NOTES"

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

static int add_row(struct table *table, const struct reg_layer *layer, const struct reg_row *row)
{
	_cleanup_buf_ struct buf ports = { 0 }, note = { 0 }, platforms = { 0 }, owners = { 0 };
	const char *protocol = row_text(row, ROW_PROTOCOL);
	const char *cells[COLUMN_MAX];

	buf_puts(&ports, row->first ? "" : "all");
	if (row->first)
		reg_ports_put(row->first, row->last, &ports);
	put_note(row, &note);
	put_platforms(row, &platforms);
	if (row->owners_len)
		row_owners_json(row, &owners);
	if (ports.failed || note.failed || platforms.failed || owners.failed)
		return -ENOMEM;
	cells[COLUMN_LAYER] = layer->name;
	cells[COLUMN_KIND] = row->dropped ? "dropped" : word_kind(row->kind);
	cells[COLUMN_PROTO] = protocol ? protocol : "all";
	cells[COLUMN_PORTS] = ports.data;
	cells[COLUMN_SCOPE] = row_text(row, ROW_SCOPE);
	cells[COLUMN_ROLE] = row_text(row, ROW_ROLE);
	cells[COLUMN_PROCESS] = row->process;
	cells[COLUMN_APPLICATION] = row_text(row, ROW_APPLICATION);
	cells[COLUMN_TEAM] = row->team;
	cells[COLUMN_SINCE] = row_text(row, ROW_SINCE);
	cells[COLUMN_REMOVED] = row_text(row, ROW_REMOVED);
	cells[COLUMN_PLATFORMS] = platforms.data;
	cells[COLUMN_OWNERS] = owners.data;
	cells[COLUMN_CLASS] = row_text(row, ROW_CLASS);
	cells[COLUMN_UNTIL] = row_text(row, ROW_UNTIL);
	cells[COLUMN_NOTES] = note.data;
	return table_add(table, cells);
}

static int print_table(struct walk walk, const struct table_output *output)
{
	struct table_view view = output->view;
	_cleanup_(table_freep) struct table *table = NULL;
	const struct reg_layer *layer;
	const struct reg_row *row;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	if (!view.columns && !view.wide)
		view.columns = COLUMNS_USUAL;
	if (r == 0)
		table_set_view(table, &view);
	while (r == 0 && (row = next_row(&walk, &layer)))
		r = add_row(table, layer, row);
	return verb_print_table("registry show", table, r);
}

static int print(struct walk walk, const struct table_output *output)
{
	switch ((enum table_form)output->form) {
	case TABLE_FORM_JSON:
		return print_json(walk);
	case TABLE_FORM_YAML:
		return print_yaml(&walk);
	case TABLE_FORM_TABLE:
	case TABLE_FORM_WIDE:
	case TABLE_FORM_OPENREPORTS: /* not one of its forms */
		break;
	}
	return print_table(walk, output);
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
		status = table_output_check(&show.output, columns, ARRAY_LEN(columns),
					    "registry show");
	if (status == EXIT_OK)
		status = registry_argument_find(ctl, &show.node, NULL, &registry);
	if (status != EXIT_OK)
		return status;
	walk.registry = registry;
	return print(walk, &show.output);
}
