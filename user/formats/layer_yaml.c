// SPDX-License-Identifier: MIT
#include "layer_yaml.h"

#include "../registry/row_fields.h"
#include "yaml_scalar.h"

#define WIDTH  118
#define INDENT "     "

/* A row's mapping while it is written. */
struct flow {
	struct buf *out;
	size_t line; /* where the line starts */
	bool any;
};

/* Does the row have what it would have without the key? An entry tells its scope all the same. */
static bool is_default(const struct reg_row *row, enum row_field field)
{
	if (field == ROW_SCOPE)
		return row->kind == REG_RETIRED && row->scope == HP_SCOPE_EXTERNAL;
	return field == ROW_ROLE && row->role == REG_ROLE_ANY;
}

static void put_platforms(const struct reg_row *row, struct buf *value)
{
	for (size_t i = 0; i < row->platforms_len; i++) {
		buf_puts(value, i ? ", " : "[");
		yaml_scalar(row->platforms[i], value);
	}
	if (row->platforms_len)
		buf_putc(value, ']');
}

/* Append the value; nothing: the row does not have the key. */
static void put_value(const struct reg_row *row, enum row_field field, struct buf *value)
{
	if (field == ROW_PORTS && row->first)
		reg_ports_put(row->first, row->last, value);
	else if (field == ROW_PLATFORMS)
		put_platforms(row, value);
	else if (field == ROW_ESSENTIAL) /* not a text, which would have quotes */
		buf_puts(value, row->essential ? row_text(row, field) : "");
	else if (row_text(row, field) && !is_default(row, field))
		yaml_scalar(row_text(row, field), value);
}

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

static void owner_text(struct reg_owner *owner, struct buf *item)
{
	bool any = false;

	buf_putc(item, '{');
	for (size_t i = 0; i < owner_fields.len; i++) {
		const char *text = *field_text(&owner_fields.items[i], owner);

		if (!text)
			continue;
		buf_printf(item, "%s%s: ", any ? ", " : "", owner_fields.items[i].name);
		yaml_scalar(text, item);
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

static void put_key(struct flow *flow, const struct reg_row *row, enum row_field field)
{
	_cleanup_buf_ struct buf item = { 0 };
	size_t empty;

	buf_printf(&item, "%s: ", row_fields[field].name);
	empty = item.len;
	put_value(row, field, &item);
	flow->out->failed |= item.failed;
	if (item.len > empty)
		flow_put(flow, &item);
}

void row_yaml_item(const struct reg_row *row, struct buf *out)
{
	struct flow flow = { .out = out, .line = out->len };

	buf_puts(out, "  - {");
	for (int field = 0; field < ROW_FIELD_MAX; field++) {
		if (!row_has(row, (enum row_field)field))
			continue;
		if (field == ROW_OWNERS)
			put_owners(&flow, row);
		else
			put_key(&flow, row, (enum row_field)field);
	}
	buf_putc(out, '}');
}

void row_yaml(const struct reg_row *row, struct buf *out)
{
	row_yaml_item(row, out);
	buf_putc(out, '\n');
}

static void put_list(const struct reg_layer *layer, const struct field *list, struct buf *out)
{
	enum reg_kind kind = file_list_kind(list);
	bool any = false;

	for (size_t i = 0; i < layer->len; i++) {
		if (layer->rows[i].kind != kind)
			continue;
		if (!any)
			buf_printf(out, "\n%s:\n", list->name);
		any = true;
		row_yaml(&layer->rows[i], out);
	}
}

void layer_yaml(const struct reg_layer *layer, struct buf *out)
{
	buf_puts(out, "version: 1\nname: ");
	yaml_scalar(layer->name, out);
	if (layer->source) {
		buf_puts(out, "\nsource: ");
		yaml_scalar(layer->source, out);
	}
	buf_putc(out, '\n');
	for (size_t i = 0; i < file_fields.len; i++)
		if (file_fields.items[i].type == FIELD_ROWS)
			put_list(layer, &file_fields.items[i], out);
}
