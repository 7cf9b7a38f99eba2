// SPDX-License-Identifier: MIT
#include "reader.h"

#include <errno.h>
#include <string.h>

#include "../base/suggest.h"

static bool has_field(const struct fields *fields, const struct field *field)
{
	return field->kinds & 1U << fields->kind;
}

static const struct field *find_field(const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->len; i++)
		if (has_field(fields, &fields->items[i]) &&
		    strcmp(fields->items[i].name, name) == 0)
			return &fields->items[i];
	return NULL;
}

/* The name of the nth field that the kind has. */
static const char *field_name(const void *list, size_t n)
{
	const struct fields *fields = list;

	for (size_t i = 0; i < fields->len; i++)
		if (has_field(fields, &fields->items[i]) && n-- == 0)
			return fields->items[i].name;
	return NULL;
}

static void add_unknown_key(const struct reader *r, const struct fields *fields,
			    const struct yaml_node *key)
{
	const char *name = yaml_tree_text(r->tree, key), *near = NULL;

	if (r->diags->total < DIAGS_MAX)
		near = suggest_near(name, field_name, fields);
	if (near)
		reader_say(r, key, "%.*s: not a key of %s; did you mean %s?", READER_SHOWN, name,
			   fields->what, near);
	else
		reader_say(r, key, "%.*s: not a key of %s", READER_SHOWN, name, fields->what);
}

static void add_missing_keys(const struct reader *r, const struct fields *fields,
			     const struct yaml_node *node, uint64_t seen)
{
	for (size_t i = 0; i < fields->len; i++)
		if (fields->items[i].required & 1U << fields->kind && !(seen & 1ULL << i))
			reader_say(r, node, "%s must have the key %s", fields->what,
				   fields->items[i].name);
}

typedef int (*add_fn)(const struct reader *r, const struct field *field,
		      const struct yaml_node *item, struct reg_row *row);

static int each_item(const struct reader *r, const struct field *field,
		     const struct yaml_node *list, struct reg_row *row, add_fn add)
{
	const struct yaml_node *item;
	int err = 0;

	for (item = yaml_tree_first(r->tree, list); item && err == 0;
	     item = yaml_tree_next(r->tree, item))
		err = add(r, field, item, row);
	return err;
}

static bool is_platform(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n >= 1 && n <= 63 && text[n] == '\0' && text[0] != '-' && text[n - 1] != '-';
}

static bool has_platform(const struct reg_row *row, const char *text)
{
	for (size_t i = 0; i < row->platforms_len; i++)
		if (strcmp(row->platforms[i], text) == 0)
			return true;
	return false;
}

static int add_platform(const struct reader *r, const struct field *field,
			const struct yaml_node *item, struct reg_row *row)
{
	const char *text = reader_scalar(r, field, item);

	if (!text)
		return 0;
	if (!is_platform(text)) {
		reader_bad(r, field, item, "not a name of a platform (a-z, 0-9, inside also -)");
		return 0;
	}
	if (has_platform(row, text)) {
		reader_bad(r, field, item, "given twice");
		return 0;
	}
	return row_set_text(&row->platforms[row->platforms_len++], text);
}

static int read_platforms(const struct reader *r, const struct field *field,
			  const struct yaml_node *value, void *object)
{
	struct reg_row *row = object;

	if (!reader_is_list(r, field, value) || value->len == 0)
		return 0;
	row->platforms = calloc(value->len, sizeof(*row->platforms));
	return row->platforms ? each_item(r, field, value, row, add_platform) : -ENOMEM;
}

static int add_owner(const struct reader *r, const struct field *field,
		     const struct yaml_node *item, struct reg_row *row)
{
	struct reg_owner *owner = &row->owners[row->owners_len++];
	size_t before = r->diags->total;
	int ways, err;

	(void)field;
	err = reader_mapping(r, &owner_fields, item, owner);
	if (err < 0 || r->diags->total > before)
		return err;
	ways = (owner->namespace_ || owner->pod || owner->container) + !!owner->unit + !!owner->exe;
	if (ways != 1)
		reader_say(r, item,
			   "an owner is one of three: a pod's container (namespace, pod, "
			   "container), a unit, or an exe");
	return 0;
}

static int read_owners(const struct reader *r, const struct field *field,
		       const struct yaml_node *value, void *object)
{
	struct reg_row *row = object;

	if (!reader_is_list(r, field, value))
		return 0;
	if (value->len == 0 && row->kind == REG_CLIENT)
		reader_say(r, value, "owners: %s must name at least one owner",
			   row_kinds[REG_CLIENT].what);
	if (value->len == 0)
		return 0;
	row->owners = calloc(value->len, sizeof(*row->owners));
	return row->owners ? each_item(r, field, value, row, add_owner) : -ENOMEM;
}

static int read_field(const struct reader *r, const struct field *field,
		      const struct yaml_node *value, void *object)
{
	switch (field->type) {
	case FIELD_PLATFORMS:
		return read_platforms(r, field, value, object);
	case FIELD_OWNERS:
		return read_owners(r, field, value, object);
	default:
		return reader_value(r, field, value, object);
	}
}

int reader_mapping(const struct reader *r, const struct fields *fields,
		   const struct yaml_node *node, void *object)
{
	const struct yaml_node *key, *value;
	const struct field *field;
	uint64_t seen = 0, bit;
	int err;

	if (node->kind != YAML_KIND_MAPPING) {
		reader_say(r, node, "%s is a mapping of keys to values", fields->what);
		return 0;
	}
	for (key = yaml_tree_first(r->tree, node); key; key = yaml_tree_next(r->tree, value)) {
		value = yaml_tree_next(r->tree, key);
		field = find_field(fields, yaml_tree_text(r->tree, key));
		if (!field) {
			add_unknown_key(r, fields, key);
			continue;
		}
		bit = 1ULL << (field - fields->items);
		if (seen & bit)
			continue; /* said by yaml_tree_parse() */
		seen |= bit;
		err = read_field(r, field, value, object);
		if (err < 0)
			return err;
	}
	add_missing_keys(r, fields, node, seen);
	return 0;
}
