// SPDX-License-Identifier: MIT
#include "row_json.h"

#include "row_fields.h"

static void put_ports(struct jsonw *w, const struct reg_row *row)
{
	_cleanup_buf_ struct buf range = { 0 };

	if (row->first == row->last) {
		jsonw_u64(w, "ports", row->first);
		return;
	}
	reg_ports_put(row->first, row->last, &range);
	w->out->failed |= range.failed;
	jsonw_string(w, "ports", range.data ? range.data : "");
}

static void put_owner(struct jsonw *w, struct reg_owner *owner)
{
	jsonw_object(w, NULL);
	for (size_t i = 0; i < owner_fields.len; i++)
		jsonw_string_opt(w, owner_fields.items[i].name,
				 *field_text(&owner_fields.items[i], owner));
	jsonw_object_end(w);
}

static void put_owners(struct jsonw *w, const char *key, const struct reg_row *row)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < row->owners_len; i++)
		put_owner(w, &row->owners[i]);
	jsonw_array_end(w);
}

static void put_platforms(struct jsonw *w, const char *key, const struct reg_row *row)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < row->platforms_len; i++)
		jsonw_string(w, NULL, row->platforms[i]);
	jsonw_array_end(w);
}

void row_platforms_json(const struct reg_row *row, struct buf *out)
{
	struct jsonw w = { .out = out };

	put_platforms(&w, NULL, row);
}

void row_owners_json(const struct reg_row *row, struct buf *out)
{
	struct jsonw w = { .out = out };

	put_owners(&w, NULL, row);
}

/* Without a key where the row has no such value, as in the file. */
static void put_field(struct jsonw *w, const struct reg_row *row, enum row_field field)
{
	/* The file's key "layer" would be the row's own layer here. */
	const char *key = field == ROW_LAYER ? "of" : row_fields[field].name;

	if (!row_has(row, field))
		return;
	if (field == ROW_PORTS && row->first)
		put_ports(w, row);
	else if (field == ROW_PLATFORMS && row->platforms_len)
		put_platforms(w, key, row);
	else if (field == ROW_OWNERS && row->owners_len)
		put_owners(w, key, row);
	else if (field == ROW_ESSENTIAL && row->essential)
		jsonw_bool(w, key, true);
	else if (field != ROW_ESSENTIAL)
		jsonw_string_opt(w, key, row_text(row, field));
}

void row_json_members(struct jsonw *w, const struct reg_layer *layer, const struct reg_row *row)
{
	jsonw_string(w, "layer", layer->name);
	jsonw_string(w, "kind", word_kind(row->kind));
	jsonw_u64(w, "line", row->line);
	put_field(w, row, ROW_PORTS);
	put_field(w, row, ROW_PROTOCOL);
	for (int field = 0; field < ROW_FIELD_MAX; field++)
		if (field != ROW_PORTS && field != ROW_PROTOCOL)
			put_field(w, row, (enum row_field)field);
	if (row->dropped)
		jsonw_bool(w, "dropped", true);
}

void row_json_at(struct jsonw *w, const char *key, const struct reg_layer *layer,
		 const struct reg_row *row)
{
	jsonw_object(w, key);
	row_json_members(w, layer, row);
	jsonw_object_end(w);
}

void row_json(struct jsonw *w, const struct reg_layer *layer, const struct reg_row *row)
{
	row_json_at(w, NULL, layer, row);
}

void registry_json(const struct registry *registry, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_array(&w, "rows");
	for (size_t l = 0; l < registry->len; l++)
		for (size_t i = 0; i < registry->layers[l].len; i++)
			row_json(&w, &registry->layers[l], &registry->layers[l].rows[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
}
