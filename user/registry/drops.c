// SPDX-License-Identifier: MIT
/*
 * Drops and rows may both be as many as a registry can hold, so they are not
 * compared with one another but through a table by first port, in time linear
 * in both:
 *
 *   a drop [a,b] takes something     the least last port of rows from a on is <= b
 *   a row [f,l] is taken by a drop   the greatest last port of drops up to f is >= l
 */
#include "drops.h"

#include <errno.h>
#include <string.h>

#include "../../bpf/abi.h"

struct table {
	uint32_t last[HP_PROTO_MAX][HP_PORTS]; /* by protocol and first port */
};

/* Which rows are looked at, and which drops: those for all layers, or for one. */
struct group {
	struct reg_layer *layers;
	size_t len;
	const char *name; /* the layer that the drops name, or NULL */
};

static bool is_drop_of(const struct group *group, const struct reg_row *row)
{
	if (row->kind != REG_DROP)
		return false;
	if (!group->name || !row->layer)
		return group->name == row->layer;
	return strcmp(group->name, row->layer) == 0;
}

static bool is_droppable(const struct reg_row *row)
{
	return row->kind <= REG_CLIENT && !row->dropped;
}

/* Fill the table with the least last port of rows that start at or after a port. */
static void fill_by_rows(struct table *table, const struct group *group)
{
	memset(table, 0xff, sizeof(*table));
	for (size_t i = 0; i < group->len; i++) {
		for (size_t j = 0; j < group->layers[i].len; j++) {
			const struct reg_row *row = &group->layers[i].rows[j];
			uint32_t *last = &table->last[row->proto][row->first];

			if (is_droppable(row) && row->last < *last)
				*last = row->last;
		}
	}
	for (int proto = 0; proto < HP_PROTO_MAX; proto++) {
		uint32_t *last = table->last[proto];

		for (size_t port = HP_PORTS - 1; port > 0; port--)
			if (last[port] < last[port - 1])
				last[port - 1] = last[port];
	}
}

/* Fill the table with the greatest last port of drops that start at or before a port. */
static void fill_by_drops(struct table *table, const struct group *group,
			  const struct reg_layer *layer)
{
	memset(table, 0, sizeof(*table));
	for (size_t j = 0; j < layer->len; j++) {
		const struct reg_row *drop = &layer->rows[j];
		uint32_t *last = &table->last[drop->proto][drop->first];

		if (is_drop_of(group, drop) && drop->last > *last)
			*last = drop->last;
	}
	for (int proto = 0; proto < HP_PROTO_MAX; proto++) {
		uint32_t *last = table->last[proto];

		for (size_t port = 1; port < HP_PORTS; port++)
			if (last[port] < last[port - 1])
				last[port] = last[port - 1];
	}
}

static void check_drops(const struct group *group, const struct reg_layer *layer,
			struct table *table, struct diags *diags)
{
	fill_by_rows(table, group);
	for (size_t j = 0; j < layer->len; j++) {
		const struct reg_row *drop = &layer->rows[j];

		if (is_drop_of(group, drop) && table->last[drop->proto][drop->first] > drop->last)
			diags_add(diags, layer->path, drop->line, drop->column,
				  "drop: takes nothing: no row of %s%s lies within these ports",
				  group->name ? "layer " : "an earlier layer",
				  group->name ? group->name : "");
	}
}

static void apply_drops(const struct group *group, const struct reg_layer *layer,
			struct table *table)
{
	fill_by_drops(table, group, layer);
	for (size_t i = 0; i < group->len; i++) {
		for (size_t j = 0; j < group->layers[i].len; j++) {
			struct reg_row *row = &group->layers[i].rows[j];

			if (is_droppable(row) && table->last[row->proto][row->first] >= row->last)
				row->dropped = true;
		}
	}
}

static struct group group_of(const struct registry *reg, size_t i)
{
	if (i == reg->len)
		return (struct group) { .layers = reg->layers, .len = reg->len };
	return (struct group) {
		.layers = &reg->layers[i],
		.len = 1,
		.name = reg->layers[i].name,
	};
}

static bool has_drops(const struct group *group, const struct reg_layer *layer)
{
	for (size_t j = 0; j < layer->len; j++)
		if (is_drop_of(group, &layer->rows[j]))
			return true;
	return false;
}

/* Do the drops name layers that are there? */
static void check_names(const struct registry *reg, const struct reg_layer *layer,
			struct diags *diags)
{
	for (size_t j = 0; j < layer->len; j++) {
		const struct reg_row *drop = &layer->rows[j];
		size_t i = 0;

		if (drop->kind != REG_DROP || !drop->layer)
			continue;
		while (i < reg->len && strcmp(reg->layers[i].name, drop->layer) != 0)
			i++;
		if (i == reg->len)
			diags_add(diags, layer->path, drop->line, drop->column,
				  "layer: %s: no earlier layer has the name", drop->layer);
	}
}

int drops_apply(struct registry *reg, const struct reg_layer *layer, struct diags *diags)
{
	_cleanup_free_ struct table *table = NULL;
	size_t before = diags->total;
	struct group group;

	if (layer->len == 0 || layer->rows[layer->len - 1].kind < REG_DROP)
		return 0;
	table = malloc(sizeof(*table));
	if (!table)
		return -ENOMEM;
	check_names(reg, layer, diags);
	for (size_t i = 0; i <= reg->len; i++) {
		group = group_of(reg, i);
		if (has_drops(&group, layer))
			check_drops(&group, layer, table, diags);
	}
	if (diags->total > before)
		return -EINVAL;
	/* Only now, so that no drop hides rows from another one of its layer. */
	for (size_t i = 0; i <= reg->len; i++) {
		group = group_of(reg, i);
		if (has_drops(&group, layer))
			apply_drops(&group, layer, table);
	}
	return 0;
}
