// SPDX-License-Identifier: MIT
/* Differences, written. */
#include "compare.h"

#include "../registry/row_json.h"

/* What a line says of a row that only one side has, beyond its process. */
static void put_details(const struct reg_row *row, struct buf *out)
{
	const char *sep = " (";

	if (row->kind > REG_CLIENT)
		return;
	if (row->role != REG_ROLE_ANY) {
		buf_printf(out, "%s%s", sep, word_role(row->role));
		sep = ", ";
	}
	if (row->scope == HP_SCOPE_LOCALHOST) {
		buf_printf(out, "%slocalhost", sep);
		sep = ", ";
	}
	if (row->team) {
		buf_printf(out, "%steam ", sep);
		buf_put_safe(out, row->team);
		sep = ", ";
	}
	if (sep[0] == ',')
		buf_putc(out, ')');
}

static void put_what(const struct reg_row *row, struct buf *out)
{
	if (row->kind != REG_ENTRY)
		buf_printf(out, " %s", word_kind(row->kind));
	if (row->process) {
		buf_putc(out, ' ');
		buf_put_safe(out, row->process);
	}
}

static void put_fields(const struct difference *d, struct buf *out)
{
	for (size_t i = 0; i < COMPARE_FIELDS; i++) {
		_cleanup_buf_ struct buf from = { 0 }, to = { 0 };
		enum row_field field = compare_order[i];

		if (!(d->fields & COMPARE_BIT(field)))
			continue;
		out->failed |= !compare_field_text(d->from, field, &from);
		out->failed |= !compare_field_text(d->to, field, &to);
		buf_printf(out, "    %s: ", row_fields[field].name);
		buf_put_safe(out, from.len ? from.data : "-");
		buf_puts(out, " -> ");
		buf_put_safe(out, to.len ? to.data : "-");
		buf_putc(out, '\n');
	}
}

static void put_line(const struct difference *d, struct buf *out)
{
	static const char signs[] = { [DIFFERENCE_REMOVED] = '-',
				      [DIFFERENCE_ADDED] = '+',
				      [DIFFERENCE_CHANGED] = '~',
				      [DIFFERENCE_MOVED] = '~' };
	const struct reg_row *row = difference_row(d);

	buf_printf(out, "%c %s ", signs[d->type], word_proto(row->proto));
	reg_ports_put(d->first, d->last, out);
	if (d->type == DIFFERENCE_MOVED) {
		buf_puts(out, " -> ");
		reg_ports_put(d->to_first, d->to_last, out);
	}
	put_what(row, out);
	if (d->type == DIFFERENCE_MOVED)
		buf_puts(out, d->exchanged ? ": the same service, digits exchanged" :
					     ": the same process, another port");
	else if (d->type != DIFFERENCE_CHANGED)
		put_details(row, out);
	buf_putc(out, '\n');
	put_fields(d, out);
}

static void put_counts(const struct differences *differences, struct buf *out)
{
	static const enum difference_type order[] = { DIFFERENCE_ADDED, DIFFERENCE_REMOVED,
						      DIFFERENCE_CHANGED, DIFFERENCE_MOVED };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		buf_printf(out, "%s%zu %s", i ? ", " : "", differences_count(differences, order[i]),
			   difference_type_word(order[i]));
	buf_putc(out, '\n');
}

void differences_text(const struct differences *differences, const char *a, const char *b,
		      struct buf *out)
{
	if (differences->len == 0)
		return;
	buf_puts(out, "--- ");
	buf_put_safe(out, a);
	buf_puts(out, "\n+++ ");
	buf_put_safe(out, b);
	buf_putc(out, '\n');
	for (size_t i = 0; i < differences->len; i++)
		put_line(&differences->items[i], out);
	put_counts(differences, out);
}

static void json_ports(struct jsonw *w, const char *key, uint16_t first, uint16_t last)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (first == last) {
		jsonw_u64(w, key, first);
		return;
	}
	reg_ports_put(first, last, &text);
	w->out->failed |= text.failed;
	jsonw_string(w, key, text.data ? text.data : "");
}

static void json_value(struct jsonw *w, const char *key, const struct buf *value)
{
	if (value->len)
		jsonw_string(w, key, value->data);
	else
		jsonw_null(w, key);
}

static void json_fields(struct jsonw *w, const struct difference *d)
{
	jsonw_array(w, "fields");
	for (size_t i = 0; i < COMPARE_FIELDS; i++) {
		_cleanup_buf_ struct buf from = { 0 }, to = { 0 };
		enum row_field field = compare_order[i];

		if (!(d->fields & COMPARE_BIT(field)))
			continue;
		w->out->failed |= !compare_field_text(d->from, field, &from);
		w->out->failed |= !compare_field_text(d->to, field, &to);
		jsonw_object(w, NULL);
		jsonw_string(w, "field", row_fields[field].name);
		json_value(w, "from", &from);
		json_value(w, "to", &to);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void json_difference(struct jsonw *w, const struct difference *d)
{
	const struct reg_row *row = difference_row(d);

	jsonw_object(w, NULL);
	jsonw_string(w, "type", difference_type_word(d->type));
	jsonw_string(w, "kind", word_kind(row->kind));
	jsonw_string(w, "protocol", word_proto(row->proto));
	json_ports(w, "ports", d->first, d->last);
	if (d->type == DIFFERENCE_MOVED) {
		json_ports(w, "to_ports", d->to_first, d->to_last);
		jsonw_bool(w, "digits_exchanged", d->exchanged);
	}
	if (d->from)
		row_json_at(w, "from", d->from_layer, d->from);
	if (d->to)
		row_json_at(w, "to", d->to_layer, d->to);
	if (d->from && d->to)
		json_fields(w, d);
	jsonw_object_end(w);
}

void differences_json(const struct differences *differences, const char *a, const char *b,
		      struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_string(&w, "a", a);
	jsonw_string(&w, "b", b);
	jsonw_array(&w, "differences");
	for (size_t i = 0; i < differences->len; i++)
		json_difference(&w, &differences->items[i]);
	jsonw_array_end(&w);
	for (int i = 0; i < DIFFERENCE_TYPE_MAX; i++)
		jsonw_u64(&w, difference_type_word((enum difference_type)i),
			  differences_count(differences, (enum difference_type)i));
	jsonw_object_end(&w);
}
