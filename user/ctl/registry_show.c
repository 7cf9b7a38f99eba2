// SPDX-License-Identifier: MIT
/* hostportctl registry show: the rows of all layers. */
#include "verb.h"

#include <errno.h>
#include <stdio.h>

#include "../base/log.h"
#include "../base/table.h"
#include "../registry/row_fields.h"
#include "../registry/row_filter.h"
#include "../registry/row_json.h"
#include "registry_argument.h"

struct show {
	struct node_options node;
	struct row_filter filter;
	bool json;
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
	{ "json", NULL, "one JSON document", OPTION_FLAG(struct show, json) },
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

static const struct table_column columns[] = {
	{ .name = "LAYER" },
	{ .name = "KIND" },
	{ .name = "PROTO" },
	{ .name = "PORTS" },
	{ .name = "SCOPE" },
	{ .name = "ROLE" },
	{ .name = "PROCESS", .truncate = true },
	{ .name = "TEAM", .truncate = true },
	{ .name = "NOTES", .truncate = true },
};

static void put_note(const struct reg_row *row, struct buf *out)
{
	if (row->rule)
		buf_printf(out, "%s: ", row->rule);
	if (row->notes || row->reason)
		buf_puts(out, row->notes ? row->notes : row->reason);
}

static int add_row(struct table *table, const struct reg_layer *layer, const struct reg_row *row)
{
	_cleanup_buf_ struct buf ports = { 0 }, note = { 0 };
	const char *protocol = row_text(row, ROW_PROTOCOL);
	const char *cells[] = {
		layer->name,
		row->dropped ? "dropped" : word_kind(row->kind),
		protocol ? protocol : "all",
		"all", /* the ports */
		row_text(row, ROW_SCOPE),
		row_text(row, ROW_ROLE),
		row->process,
		row->team,
		NULL, /* the note */
	};

	_Static_assert(ARRAY_LEN(cells) == ARRAY_LEN(columns), "a cell for each column");
	if (row->first)
		reg_ports_put(row->first, row->last, &ports);
	put_note(row, &note);
	if (ports.failed || note.failed)
		return -ENOMEM;
	if (row->first)
		cells[3] = ports.data;
	cells[ARRAY_LEN(cells) - 1] = note.data;
	return table_add(table, cells);
}

static int print_table(struct walk walk)
{
	_cleanup_(table_freep) struct table *table = NULL;
	const struct reg_layer *layer;
	const struct reg_row *row;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	while (r == 0 && (row = next_row(&walk, &layer)))
		r = add_row(table, layer, row);
	return verb_print_table("registry show", table, r);
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
		status = registry_argument_load(&show.node, &registry);
	if (status != EXIT_OK)
		return status;
	walk.registry = registry;
	return show.json ? print_json(walk) : print_table(walk);
}
