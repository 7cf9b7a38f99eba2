// SPDX-License-Identifier: MIT
/* The two forms of an explanation. */
#include "explain.h"

#include "../registry/row_json.h"
#include "explain_why.h"
#include "../registry/words.h"

static void put_owner(struct jsonw *w, enum owner_answer owner)
{
	if (owner == OWNER_YES || owner == OWNER_NO)
		jsonw_bool(w, "owner", owner == OWNER_YES);
	else
		jsonw_null(w, "owner");
}

void explain_json_members(const struct explanation *e, struct jsonw *w)
{
	jsonw_string(w, "protocol", word_proto(e->input.query.proto));
	jsonw_u64(w, "port", e->input.query.port);
	if (e->input.address)
		jsonw_string(w, "address", e->input.address);
	else
		jsonw_null(w, "address");
	jsonw_string(w, "verdict", word_verdict(e->decision.verdict));
	jsonw_string(w, "class", word_class(e->decision.cls));
	if (e->entry)
		row_json_at(w, "entry", e->entry_layer, e->entry);
	else
		jsonw_null(w, "entry");
	jsonw_array(w, "rows");
	for (size_t i = 0; i < e->rows_len; i++) {
		const struct explain_row *row = &e->rows[i];

		jsonw_object(w, NULL);
		row_json_members(w, row->layer, row->row);
		jsonw_bool(w, "holds", row->holds);
		put_owner(w, row->owner);
		jsonw_string(w, "why", row->why);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_string(w, "why", e->why);
}

void explain_json(const struct explanation *e, struct jsonw *w)
{
	jsonw_object(w, NULL);
	explain_json_members(e, w);
	jsonw_object_end(w);
}

static void put_row(const struct explain_row *row, struct buf *out)
{
	_cleanup_buf_ struct buf name = { 0 };

	explain_why_name(row->layer, row->row, &name);
	out->failed |= name.failed;
	buf_puts(out, "  ");
	buf_put_safe(out, row->layer->path);
	buf_printf(out, ":%u: %s ", row->row->line, word_kind(row->row->kind));
	buf_put_safe(out, name.data ? name.data : "");
	buf_putc(out, ' ');
	buf_put_safe(out, row->why);
	buf_putc(out, '\n');
}

void explain_text(const struct explanation *e, struct buf *out)
{
	const struct explain_input *in = &e->input;

	buf_printf(out, "%s %u on ", word_proto(in->query.proto), in->query.port);
	buf_put_safe(out, in->address ? in->address : word_scope(in->query.scope));
	buf_printf(out, ": %s", word_verdict(e->decision.verdict));
	if (e->decision.cls != HP_CLASS_NONE)
		buf_printf(out, " (%s)", word_class(e->decision.cls));
	buf_puts(out, "\nbecause ");
	buf_put_safe(out, e->why);
	buf_putc(out, '\n');
	if (e->rows_len == 0)
		return;
	buf_puts(out, "rows that name the port:\n");
	for (size_t i = 0; i < e->rows_len; i++)
		put_row(&e->rows[i], out);
}
