// SPDX-License-Identifier: MIT
#include "csv_write.h"

#include <errno.h>
#include <string.h>

#include "../base/escape.h"
#include "../registry/row_fields.h"
#include "../registry/row_json.h"
#include "export_rows.h"

/* The columns after those of the layer and the kind, each with its field's name. */
static const enum row_field columns[] = {
	ROW_PROTOCOL,	 ROW_PORTS,	ROW_SCOPE,	   ROW_TABLE,	  ROW_PROCESS,
	ROW_APPLICATION, ROW_ROLE,	ROW_CONTROL_PLANE, ROW_TEAM,	  ROW_SINCE,
	ROW_REMOVED,	 ROW_PLATFORMS, ROW_NOTES,	   ROW_OWNERS,	  ROW_CLASS,
	ROW_UNTIL,	 ROW_REASON,	ROW_SOURCE,	   ROW_ESSENTIAL,
};

static void put_value(const struct reg_row *row, enum row_field field, struct buf *cell)
{
	const char *text = row_text(row, field);

	if (field == ROW_PORTS)
		reg_ports_put(row->first, row->last, cell);
	else if (field == ROW_PLATFORMS && row->platforms_len)
		row_platforms_json(row, cell);
	else if (field == ROW_OWNERS && row->owners_len)
		row_owners_json(row, cell);
	else if (text)
		buf_puts(cell, text);
}

/* Cells that are not written as they are. */
struct counts {
	size_t formulas, unsafe;
};

/* What a spreadsheet may compute rather than show. */
static bool is_formula(const char *text)
{
	return *text && strchr("=+-@\t\r", *text);
}

/* Blanks at an end would be trimmed by some readers. */
static bool is_quoted(const char *text)
{
	return strpbrk(text, ",\"\r\n") || text[0] == ' ' ||
	       (*text && text[strlen(text) - 1] == ' ');
}

static void put_cell(const char *text, struct buf *out, struct counts *counts)
{
	bool quoted = is_quoted(text), formula = is_formula(text);

	buf_puts(out, quoted ? "\"" : "");
	buf_puts(out, formula ? "'" : "");
	counts->unsafe += !escape_bytes(ESCAPE_CSV, text, strlen(text), out);
	buf_puts(out, quoted ? "\"" : "");
	counts->formulas += formula;
}

int csv_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	struct export_rows rows = { .registry = job->registry };
	const struct reg_layer *layer = NULL;
	const struct reg_row *row;
	struct counts counts = { 0 };

	buf_puts(out, "layer,kind");
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		buf_printf(out, ",%s", row_fields[columns[i]].name);
	buf_puts(out, "\r\n");
	while ((row = export_rows_next(&rows, &layer))) {
		put_cell(layer->name, out, &counts);
		buf_putc(out, ',');
		put_cell(word_kind(row->kind), out, &counts);
		for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
			_cleanup_buf_ struct buf cell = { 0 };

			put_value(row, columns[i], &cell);
			out->failed |= cell.failed;
			buf_putc(out, ',');
			put_cell(cell.data ? cell.data : "", out, &counts);
		}
		buf_puts(out, "\r\n");
	}
	export_accepts(job->registry, said);
	if (counts.formulas)
		buf_printf(said,
			   "cells that a spreadsheet would take for formulas, written with a ' in "
			   "front: %zu\n",
			   counts.formulas);
	if (counts.unsafe)
		buf_printf(said,
			   "cells with characters that are obeyed rather than shown, written as ?: "
			   "%zu\n",
			   counts.unsafe);
	return out->failed || said->failed ? -ENOMEM : 0;
}
