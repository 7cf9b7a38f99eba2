// SPDX-License-Identifier: MIT
#include "row_json.h"

#include <inttypes.h>

#include "words.h"

static void put_ports(struct jsonw *w, const struct reg_row *row)
{
	char range[16];

	if (row->first == row->last) {
		jsonw_u64(w, "ports", row->first);
		return;
	}
	(void)snprintf(range, sizeof(range), "%" PRIu16 "-%" PRIu16, row->first, row->last);
	jsonw_string(w, "ports", range);
}

static void put_owner(struct jsonw *w, const struct reg_owner *owner)
{
	jsonw_object(w, NULL);
	jsonw_string_opt(w, "namespace", owner->namespace_);
	jsonw_string_opt(w, "pod", owner->pod);
	jsonw_string_opt(w, "container", owner->container);
	jsonw_string_opt(w, "unit", owner->unit);
	jsonw_string_opt(w, "exe", owner->exe);
	jsonw_object_end(w);
}

static void owners_array(struct jsonw *w, const char *key, const struct reg_row *row)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < row->owners_len; i++)
		put_owner(w, &row->owners[i]);
	jsonw_array_end(w);
}

static void put_owners(struct jsonw *w, const struct reg_row *row)
{
	if (row->owners_len)
		owners_array(w, "owners", row);
}

static void platforms_array(struct jsonw *w, const char *key, const struct reg_row *row)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < row->platforms_len; i++)
		jsonw_string(w, NULL, row->platforms[i]);
	jsonw_array_end(w);
}

static void put_platforms(struct jsonw *w, const struct reg_row *row)
{
	if (row->platforms_len)
		platforms_array(w, "platforms", row);
}

void row_platforms_json(const struct reg_row *row, struct buf *out)
{
	struct jsonw w = { .out = out };

	platforms_array(&w, NULL, row);
}

void row_owners_json(const struct reg_row *row, struct buf *out)
{
	struct jsonw w = { .out = out };

	owners_array(&w, NULL, row);
}

static void put_allocation(struct jsonw *w, const struct reg_row *row)
{
	jsonw_string(w, "scope", word_scope(row->scope));
	jsonw_string_opt(w, "table", row->table);
	jsonw_string_opt(w, "process", row->process);
	jsonw_string_opt(w, "application", row->application);
	jsonw_string(w, "role", word_role(row->role));
	jsonw_string_opt(w, "control_plane", row->control_plane);
	jsonw_string_opt(w, "team", row->team);
	jsonw_string_opt(w, "since", row->since_text);
	jsonw_string_opt(w, "removed", row->removed_text);
	put_platforms(w, row);
	jsonw_string_opt(w, "notes", row->notes);
	put_owners(w, row);
	jsonw_string_opt(w, "source", row->source);
	if (row->dropped)
		jsonw_bool(w, "dropped", true);
}

/* What it is not limited to has no key, as in the file. */
static void put_accept(struct jsonw *w, const struct reg_row *row)
{
	jsonw_string_opt(w, "rule", row->rule);
	jsonw_string_opt(w, "of", row->layer);
	jsonw_string_opt(w, "reason", row->reason);
}

static void put_exception(struct jsonw *w, const struct reg_row *row)
{
	jsonw_string(w, "class", word_class(row->cls));
	put_owners(w, row);
	jsonw_string_opt(w, "until", row->until_text);
	jsonw_string_opt(w, "reason", row->reason);
}

void row_json_members(struct jsonw *w, const struct reg_layer *layer, const struct reg_row *row)
{
	jsonw_string(w, "layer", layer->name);
	jsonw_string(w, "kind", word_kind(row->kind));
	jsonw_u64(w, "line", row->line);
	if (row->first)
		put_ports(w, row);
	if (!row->any_proto)
		jsonw_string(w, "protocol", word_proto(row->proto));
	switch (row->kind) {
	case REG_ENTRY:
	case REG_RETIRED:
		put_allocation(w, row);
		break;
	case REG_RANGE:
		jsonw_string_opt(w, "note", row->notes);
		break;
	case REG_DROP:
		/* The file's key "layer" would be the row's own layer here. */
		jsonw_string_opt(w, "of", row->layer);
		jsonw_string_opt(w, "reason", row->reason);
		break;
	case REG_EXCEPTION:
		put_exception(w, row);
		break;
	case REG_ACCEPT:
		put_accept(w, row);
		break;
	default:
		break;
	}
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
