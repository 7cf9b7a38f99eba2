// SPDX-License-Identifier: MIT
#include "layer_yaml.h"

#include <inttypes.h>
#include <string.h>

#include "../registry/words.h"
#include "yaml_scalar.h"

#define WIDTH  118
#define INDENT "     "

/* A row's mapping while it is written. */
struct flow {
	struct buf *out;
	size_t line; /* where the line starts */
	bool any;
};

/* Kinds of rows that have a key, as bits 1 << enum reg_kind. */
#define ON(kind)   (1U << (kind))
#define ALLOCATION (ON(REG_ENTRY) | ON(REG_RETIRED))
#define EVERY	   ((1U << REG_KIND_MAX) - 1)

struct key {
	const char *name;
	unsigned int kinds;
	/* Append the value; nothing: the row does not have the key. */
	void (*put)(const struct key *key, const struct reg_row *row, struct buf *value);
	size_t offset; /* of a text in the row */
};

static const char *text_of(const struct key *key, const struct reg_row *row)
{
	return *(char *const *)((const char *)row + key->offset);
}

/* Versions and days begin with a digit, and so stand in quotes. */
static void put_text(const struct key *key, const struct reg_row *row, struct buf *value)
{
	if (text_of(key, row))
		yaml_scalar(text_of(key, row), value);
}

static void put_ports(const struct key *key, const struct reg_row *row, struct buf *value)
{
	(void)key;
	if (row->first == 0)
		return; /* an accept of all ports */
	buf_printf(value, "%" PRIu16, row->first);
	if (row->last != row->first)
		buf_printf(value, "-%" PRIu16, row->last);
}

static void put_protocol(const struct key *key, const struct reg_row *row, struct buf *value)
{
	(void)key;
	if (!row->any_proto)
		buf_puts(value, word_proto(row->proto));
}

/* An entry says its scope also where it is the default: it is what one looks for. */
static void put_scope(const struct key *key, const struct reg_row *row, struct buf *value)
{
	(void)key;
	if (row->kind == REG_ENTRY || row->scope != HP_SCOPE_EXTERNAL)
		buf_puts(value, word_scope(row->scope));
}

static void put_role(const struct key *key, const struct reg_row *row, struct buf *value)
{
	(void)key;
	if (row->role != REG_ROLE_ANY)
		buf_puts(value, word_role(row->role));
}

static void put_class(const struct key *key, const struct reg_row *row, struct buf *value)
{
	(void)key;
	buf_puts(value, word_class(row->cls));
}

static void put_platforms(const struct key *key, const struct reg_row *row, struct buf *value)
{
	(void)key;
	for (size_t i = 0; i < row->platforms_len; i++) {
		buf_puts(value, i ? ", " : "[");
		yaml_scalar(row->platforms[i], value);
	}
	if (row->platforms_len)
		buf_putc(value, ']');
}

#define TEXT(key, kinds, member)                                                                   \
	{                                                                                          \
		key, kinds, put_text, offsetof(struct reg_row, member)                             \
	}

/* In the order in which they are written; owners follow where their name stands. */
static const struct key keys[] = {
	TEXT("rule", ON(REG_ACCEPT), rule),
	{ "ports", EVERY, put_ports, 0 },
	{ "protocol", EVERY, put_protocol, 0 },
	{ "scope", ALLOCATION, put_scope, 0 },
	TEXT("table", ON(REG_ENTRY), table),
	TEXT("process", ALLOCATION, process),
	TEXT("application", ALLOCATION, application),
	{ "role", ALLOCATION, put_role, 0 },
	TEXT("control_plane", ALLOCATION, control_plane),
	TEXT("team", ALLOCATION, team),
	TEXT("since", ALLOCATION, since_text),
	TEXT("removed", ON(REG_RETIRED), removed_text),
	{ "platforms", ALLOCATION, put_platforms, 0 },
	TEXT("notes", ALLOCATION, notes),
	TEXT("note", ON(REG_RANGE), notes),
	TEXT("layer", ON(REG_DROP) | ON(REG_ACCEPT), layer),
	{ "class", ON(REG_EXCEPTION), put_class, 0 },
	{ "owners", ALLOCATION | ON(REG_EXCEPTION), NULL, 0 },
	TEXT("until", ON(REG_EXCEPTION), until_text),
	TEXT("reason", ON(REG_DROP) | ON(REG_EXCEPTION) | ON(REG_ACCEPT), reason),
	TEXT("source", ALLOCATION, source),
};

/* Put what must not be broken, on a new line where it would make this one too long. */
static void flow_put(struct flow *flow, const struct buf *item)
{
	if (flow->any && flow->out->len - flow->line + item->len + 2 > WIDTH) {
		buf_puts(flow->out, ",\n");
		flow->line = flow->out->len;
		buf_puts(flow->out, INDENT);
	} else if (flow->any) {
		buf_puts(flow->out, ", ");
	}
	flow->any = true;
	buf_add(flow->out, item->data, item->len);
}

static void owner_text(const struct reg_owner *owner, struct buf *item)
{
	const struct {
		const char *key, *value;
	} parts[] = {
		{ "namespace", owner->namespace_ },
		{ "pod", owner->pod },
		{ "container", owner->container },
		{ "unit", owner->unit },
		{ "exe", owner->exe },
	};
	bool any = false;

	buf_putc(item, '{');
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!parts[i].value)
			continue;
		buf_printf(item, "%s%s: ", any ? ", " : "", parts[i].key);
		yaml_scalar(parts[i].value, item);
		any = true;
	}
	buf_putc(item, '}');
}

static void put_owners(struct flow *flow, const struct reg_row *row)
{
	for (size_t i = 0; i < row->owners_len; i++) {
		_cleanup_buf_ struct buf item = { 0 };

		buf_puts(&item, i ? "" : "owners: [");
		owner_text(&row->owners[i], &item);
		buf_puts(&item, i + 1 == row->owners_len ? "]" : "");
		flow->out->failed |= item.failed;
		flow_put(flow, &item);
	}
}

static void put_key(struct flow *flow, const struct key *key, const struct reg_row *row)
{
	_cleanup_buf_ struct buf item = { 0 };
	size_t empty;

	buf_printf(&item, "%s: ", key->name);
	empty = item.len;
	key->put(key, row, &item);
	flow->out->failed |= item.failed;
	if (item.len > empty)
		flow_put(flow, &item);
}

void row_yaml(const struct reg_row *row, struct buf *out)
{
	struct flow flow = { .out = out, .line = out->len };

	buf_puts(out, "  - {");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!(keys[i].kinds & ON(row->kind)))
			continue;
		if (keys[i].put)
			put_key(&flow, &keys[i], row);
		else
			put_owners(&flow, row);
	}
	buf_puts(out, "}\n");
}

static void put_list(const struct reg_layer *layer, enum reg_kind kind, const char *name,
		     struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < layer->len; i++) {
		if (layer->rows[i].kind != kind)
			continue;
		if (!any)
			buf_printf(out, "\n%s:\n", name);
		any = true;
		row_yaml(&layer->rows[i], out);
	}
}

void layer_yaml(const struct reg_layer *layer, struct buf *out)
{
	static const struct {
		enum reg_kind kind;
		const char *name;
	} lists[] = {
		{ REG_RANGE, "ranges" },	 { REG_ENTRY, "entries" },
		{ REG_RETIRED, "retired" },	 { REG_DROP, "drop" },
		{ REG_EXCEPTION, "exceptions" }, { REG_ACCEPT, "accept" },
	};

	_Static_assert(ARRAY_LEN(lists) == REG_KIND_MAX, "a list for each kind");
	buf_puts(out, "version: 1\nname: ");
	yaml_scalar(layer->name, out);
	if (layer->source) {
		buf_puts(out, "\nsource: ");
		yaml_scalar(layer->source, out);
	}
	buf_putc(out, '\n');
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		put_list(layer, lists[i].kind, lists[i].name, out);
}
