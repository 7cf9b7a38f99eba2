// SPDX-License-Identifier: MIT
#include "markdown_write.h"

#include <errno.h>
#include <string.h>

#include "../base/utf8.h"
#include "export_rows.h"
#include "md_row.h"
#include "markdown_tables.h"

/* What a page can't hold, of how many rows. */
enum loss {
	LOSS_OWNERS,
	LOSS_SOURCE,
	LOSS_ROLE,
	LOSS_SCOPE,
	LOSS_PLATFORMS,
	LOSS_APPLICATION,
	LOSS_TEXT,
	LOSS_ESSENTIAL,
	LOSS_CLIENT,
	LOSS_RANGE,
	LOSS_EXCEPTION,
	LOSS_MAX,
};

static const char *const losses[] = {
	[LOSS_OWNERS] = "owners",
	[LOSS_SOURCE] = "a source",
	[LOSS_ROLE] = "a role that neither the Control-plane only cell nor the notes tell",
	[LOSS_SCOPE] = "a scope that neither the table nor the notes tell",
	[LOSS_PLATFORMS] = "platforms that the notes do not tell",
	[LOSS_APPLICATION] = "an application, in a table without that column",
	[LOSS_TEXT] = "line ends, blanks at an end or the like in a cell",
	[LOSS_ESSENTIAL] = "essential",
	[LOSS_CLIENT] = "kind client",
	[LOSS_RANGE] = "kind range",
	[LOSS_EXCEPTION] = "kind exception",
};

_Static_assert(ARRAY_LEN(losses) == LOSS_MAX, "a text for each loss");

/* The rows of one table. */
struct writer {
	const struct registry *registry;
	struct buf *out;
	enum markdown_table table;
	uint8_t proto;
	size_t widths[MARKDOWN_COLUMNS_MAX];
	size_t counts[LOSS_MAX];
	bool heading; /* the table's is written */
};

static void cell_text(const struct markdown_column *column, const struct reg_row *row,
		      struct buf *text, bool *whole)
{
	const char *value;

	if (column->field == ROW_PORTS) {
		reg_ports_put(row->first, row->last, text);
		return;
	}
	value = row_text(row, column->field);
	if (value && !md_cell_put(value, text))
		*whole = false;
}

static const struct reg_row *next_row(const struct writer *w, struct export_rows *rows)
{
	const struct reg_row *row;

	do {
		row = export_rows_next(rows, NULL);
	} while (row && (row->kind > REG_RETIRED || row->proto != w->proto ||
			 markdown_table_of_row(row) != w->table));
	return row;
}

static size_t characters(const struct buf *text)
{
	return utf8_length(text->data ? text->data : "", text->len);
}

/* False: the table has no rows. */
static bool measure_columns(struct writer *w)
{
	const struct markdown_columns *columns = markdown_columns(w->table);
	struct export_rows rows = { .registry = w->registry };
	const struct reg_row *row;
	bool any = false, whole;

	for (size_t i = 0; i < columns->len; i++)
		w->widths[i] = strlen(columns->items[i].title);
	while ((row = next_row(w, &rows))) {
		any = true;
		whole = true;
		for (size_t i = 0; i < columns->len; i++) {
			_cleanup_buf_ struct buf text = { 0 };
			size_t n;

			cell_text(&columns->items[i], row, &text, &whole);
			w->out->failed |= text.failed;
			n = characters(&text);
			if (n > w->widths[i])
				w->widths[i] = n;
		}
		w->counts[LOSS_TEXT] += !whole;
	}
	return any;
}

static void put_cell(struct writer *w, size_t column, const char *text, size_t len, size_t shown)
{
	buf_puts(w->out, column ? " | " : "| ");
	buf_add(w->out, text, len);
	for (size_t n = shown; n < w->widths[column]; n++)
		buf_putc(w->out, ' ');
}

static void put_header(struct writer *w, const struct markdown_columns *columns)
{
	for (size_t i = 0; i < columns->len; i++)
		put_cell(w, i, columns->items[i].title, strlen(columns->items[i].title),
			 strlen(columns->items[i].title));
	buf_puts(w->out, " |\n");
	for (size_t i = 0; i < columns->len; i++) {
		buf_putc(w->out, '|');
		for (size_t n = 0; n < w->widths[i] + 2; n++)
			buf_putc(w->out, '-');
	}
	buf_puts(w->out, "|\n");
}

static void put_row(struct writer *w, const struct markdown_columns *columns,
		    const struct reg_row *row)
{
	bool whole = true;

	for (size_t i = 0; i < columns->len; i++) {
		_cleanup_buf_ struct buf text = { 0 };

		cell_text(&columns->items[i], row, &text, &whole);
		w->out->failed |= text.failed;
		put_cell(w, i, text.data ? text.data : "", text.len, characters(&text));
	}
	buf_puts(w->out, " |\n");
}

/* The External tables all have a heading of their protocol; the others but for TCP. */
static void put_headings(struct writer *w)
{
	if (!w->heading)
		buf_printf(w->out, "\n## %s\n", markdown_heading(w->table));
	w->heading = true;
	if (w->table == MARKDOWN_EXTERNAL || w->proto != HP_PROTO_TCP)
		buf_printf(w->out, "\n### %s\n", markdown_proto_heading(w->proto));
}

static void put_table(struct writer *w)
{
	const struct markdown_columns *columns = markdown_columns(w->table);
	struct export_rows rows = { .registry = w->registry };
	const struct reg_row *row;

	if (!measure_columns(w))
		return;
	put_headings(w);
	buf_putc(w->out, '\n');
	put_header(w, columns);
	while ((row = next_row(w, &rows)))
		put_row(w, columns, row);
}

static bool platforms_told(const struct reg_row *row, const struct markdown_meaning *meaning)
{
	if (!meaning->platform)
		return row->platforms_len == 0;
	return row->platforms_len == 1 && strcmp(row->platforms[0], meaning->platform) == 0;
}

static void count_losses(struct writer *w, const struct reg_row *row)
{
	struct markdown_meaning meaning;

	if (row->kind > REG_RETIRED) {
		w->counts[row->kind == REG_RANGE  ? LOSS_RANGE :
			  row->kind == REG_CLIENT ? LOSS_CLIENT :
						    LOSS_EXCEPTION]++;
		return;
	}
	meaning = markdown_meaning(markdown_table_of_row(row), row->control_plane, row->notes);
	w->counts[LOSS_OWNERS] += row->owners_len > 0;
	w->counts[LOSS_SOURCE] += row->source != NULL;
	w->counts[LOSS_ESSENTIAL] += row->essential;
	w->counts[LOSS_ROLE] += row->role != meaning.role;
	w->counts[LOSS_SCOPE] += row->scope != meaning.scope;
	w->counts[LOSS_PLATFORMS] += !platforms_told(row, &meaning);
	w->counts[LOSS_APPLICATION] += row->kind == REG_RETIRED && row->application;
}

int markdown_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	static const uint8_t protos[] = { HP_PROTO_TCP, HP_PROTO_UDP, HP_PROTO_UDPLITE,
					  HP_PROTO_SCTP };
	struct writer w = { .registry = job->registry, .out = out };
	struct export_rows rows = { .registry = job->registry };
	const struct reg_row *row;

	while ((row = export_rows_next(&rows, NULL)))
		count_losses(&w, row);
	buf_puts(out, "# Port Registry\n");
	for (int table = 0; table < MARKDOWN_TABLE_MAX; table++) {
		w.table = (enum markdown_table)table;
		w.heading = false;
		for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
			w.proto = protos[i];
			put_table(&w);
		}
	}
	export_accepts(job->registry, said);
	for (size_t i = 0; i < LOSS_MAX; i++)
		if (w.counts[i])
			buf_printf(said, "rows that a page can't hold as they are: %s: %zu\n",
				   losses[i], w.counts[i]);
	return out->failed || said->failed ? -ENOMEM : 0;
}
