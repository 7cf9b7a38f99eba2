// SPDX-License-Identifier: MIT
#include "csv_write.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../base/escape.h"
#include "../registry/words.h"
#include "../registry/row_json.h"
#include "export_rows.h"

/* Rows that have a scope and a role. */
static bool is_allocation(const struct reg_row *row)
{
	return row->kind == REG_ENTRY || row->kind == REG_RETIRED;
}

/* Appends a cell's text; nothing: it is empty. */
typedef void (*cell_fn)(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
			struct buf *cell);

static void put_layer(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
		      struct buf *cell)
{
	(void)row, (void)offset;
	buf_puts(cell, layer->name);
}

static void put_kind(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
		     struct buf *cell)
{
	(void)layer, (void)offset;
	buf_puts(cell, word_kind(row->kind));
}

static void put_protocol(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
			 struct buf *cell)
{
	(void)layer, (void)offset;
	buf_puts(cell, word_proto(row->proto));
}

static void put_ports(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
		      struct buf *cell)
{
	(void)layer, (void)offset;
	buf_printf(cell, "%" PRIu16, row->first);
	if (row->last != row->first)
		buf_printf(cell, "-%" PRIu16, row->last);
}

static void put_scope(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
		      struct buf *cell)
{
	(void)layer, (void)offset;
	if (is_allocation(row))
		buf_puts(cell, word_scope(row->scope));
}

static void put_role(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
		     struct buf *cell)
{
	(void)layer, (void)offset;
	if (is_allocation(row))
		buf_puts(cell, word_role(row->role));
}

static void put_class(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
		      struct buf *cell)
{
	(void)layer, (void)offset;
	if (row->kind == REG_EXCEPTION)
		buf_puts(cell, word_class(row->cls));
}

static void put_text(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
		     struct buf *cell)
{
	const char *text = *(char *const *)((const char *)row + offset);

	(void)layer;
	if (text)
		buf_puts(cell, text);
}

static void put_platforms(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
			  struct buf *cell)
{
	(void)layer, (void)offset;
	if (row->platforms_len)
		row_platforms_json(row, cell);
}

static void put_owners(const struct reg_layer *layer, const struct reg_row *row, size_t offset,
		       struct buf *cell)
{
	(void)layer, (void)offset;
	if (row->owners_len)
		row_owners_json(row, cell);
}

#define TEXT(name, member)                                                                         \
	{                                                                                          \
		name, put_text, offsetof(struct reg_row, member)                                   \
	}

static const struct {
	const char *name;
	cell_fn put;
	size_t offset;
} columns[] = {
	{ "layer", put_layer, 0 },
	{ "kind", put_kind, 0 },
	{ "protocol", put_protocol, 0 },
	{ "ports", put_ports, 0 },
	{ "scope", put_scope, 0 },
	TEXT("table", table),
	TEXT("process", process),
	TEXT("application", application),
	{ "role", put_role, 0 },
	TEXT("control_plane", control_plane),
	TEXT("team", team),
	TEXT("since", since_text),
	TEXT("removed", removed_text),
	{ "platforms", put_platforms, 0 },
	TEXT("notes", notes),
	{ "owners", put_owners, 0 },
	{ "class", put_class, 0 },
	TEXT("until", until_text),
	TEXT("reason", reason),
	TEXT("source", source),
};

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

static void put_field(const char *text, struct buf *out, struct counts *counts)
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

	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		buf_printf(out, "%s%s", i ? "," : "", columns[i].name);
	buf_puts(out, "\r\n");
	while ((row = export_rows_next(&rows, &layer))) {
		for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
			_cleanup_buf_ struct buf cell = { 0 };

			columns[i].put(layer, row, columns[i].offset, &cell);
			out->failed |= cell.failed;
			buf_puts(out, i ? "," : "");
			put_field(cell.data ? cell.data : "", out, &counts);
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
