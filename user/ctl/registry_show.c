// SPDX-License-Identifier: MIT
/* hostportctl registry show: the rows of all layers. */
#include "verb.h"

#include <errno.h>
#include <stdio.h>

#include "../base/log.h"
#include "../base/table.h"
#include "../registry/row_fields.h"
#include "../registry/row_json.h"
#include "registry_argument.h"

struct show {
	struct node_options node;
	bool json;
};

static const struct option_spec specs[] = {
	NODE_OPTION_REGISTRY(struct show),
	{ "json", NULL, "one JSON document", OPTION_FLAG(struct show, json) },
};

static const struct options options = {
	.program = "hostportctl registry show",
	.usage = "[options]",
	.summary = "Print every row of the registry, layer by layer.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static int print_json(const struct registry *registry)
{
	_cleanup_buf_ struct buf text = { 0 };

	registry_json(registry, &text);
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

static int print_table(const struct registry *registry)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t l = 0; r == 0 && l < registry->len; l++)
		for (size_t i = 0; r == 0 && i < registry->layers[l].len; i++)
			r = add_row(table, &registry->layers[l], &registry->layers[l].rows[i]);
	return verb_print_table("registry show", table, r);
}

int registry_show(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	struct show show = { 0 };
	int operands, status;

	if (verb_parse(&options, &show, argc, argv, &operands, &status) != 0)
		return status;
	status = registry_argument_load(&show.node, &registry);
	if (status != EXIT_OK)
		return status;
	return show.json ? print_json(registry) : print_table(registry);
}
