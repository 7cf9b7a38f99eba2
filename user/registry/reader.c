// SPDX-License-Identifier: MIT
#include "reader.h"

#include <string.h>

#include "suggest.h"

#define SHOWN 64 /* bytes of a value that a message repeats */

void reader_say(const struct reader *r, const struct yaml_node *node, const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	diags_add(r->diags, r->file, node->line, node->column, "%s",
		  text.data ? text.data : "out of memory");
}

void reader_bad(const struct reader *r, const struct field *field, const struct yaml_node *value,
		const char *why)
{
	const char *more = value->len > SHOWN ? "..." : "";

	reader_say(r, value, "%s: %.*s%s: %s", field->name, SHOWN, yaml_tree_text(r->tree, value),
		   more, why);
}

/* What other YAML readers take for "no value". */
static bool is_null(const char *text)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; i < ARRAY_LEN(nulls); i++)
		if (strcmp(text, nulls[i]) == 0)
			return true;
	return false;
}

const char *reader_scalar(const struct reader *r, const struct field *field,
			  const struct yaml_node *value)
{
	const char *text;

	if (value->kind != YAML_KIND_SCALAR) {
		reader_say(r, value, "%s: a single value is expected, not a %s", field->name,
			   value->kind == YAML_KIND_SEQUENCE ? "list" : "mapping");
		return NULL;
	}
	text = yaml_tree_text(r->tree, value);
	if (value->len == 0 || (value->plain && is_null(text))) {
		reader_say(r, value, "%s: no value", field->name);
		return NULL;
	}
	return text;
}

bool reader_is_list(const struct reader *r, const struct field *field,
		    const struct yaml_node *value)
{
	if (value->kind == YAML_KIND_SCALAR && value->plain &&
	    is_null(yaml_tree_text(r->tree, value))) {
		reader_say(r, value, "%s: no value; an empty list is written []", field->name);
		return false;
	}
	if (value->kind != YAML_KIND_SEQUENCE) {
		reader_say(r, value, "%s: a list is expected", field->name);
		return false;
	}
	if (value->len > field->max) {
		reader_say(r, value, "%s: %u items are more than %zu", field->name, value->len,
			   field->max);
		return false;
	}
	return true;
}

static const struct field *find(const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->len; i++)
		if (strcmp(fields->items[i].name, name) == 0)
			return &fields->items[i];
	return NULL;
}

static const char *field_name(const void *list, size_t n)
{
	const struct fields *fields = list;

	return n < fields->len ? fields->items[n].name : NULL;
}

static void say_unknown(const struct reader *r, const struct fields *fields,
			const struct yaml_node *key)
{
	const char *name = yaml_tree_text(r->tree, key), *near = NULL;

	if (r->diags->total < DIAGS_MAX)
		near = suggest_near(name, field_name, fields);
	if (near)
		reader_say(r, key, "%.*s: not a key of %s; did you mean %s?", SHOWN, name,
			   fields->what, near);
	else
		reader_say(r, key, "%.*s: not a key of %s", SHOWN, name, fields->what);
}

static void say_missing(const struct reader *r, const struct fields *fields,
			const struct yaml_node *node, uint64_t seen)
{
	for (size_t i = 0; i < fields->len; i++)
		if (fields->items[i].required && !(seen & 1ULL << i))
			reader_say(r, node, "%s must have the key %s", fields->what,
				   fields->items[i].name);
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
		field = find(fields, yaml_tree_text(r->tree, key));
		if (!field) {
			say_unknown(r, fields, key);
			continue;
		}
		bit = 1ULL << (field - fields->items);
		if (seen & bit)
			continue; /* said by yaml_tree_parse() */
		seen |= bit;
		err = field->read(r, field, value, object);
		if (err < 0)
			return err;
	}
	say_missing(r, fields, node, seen);
	return 0;
}
