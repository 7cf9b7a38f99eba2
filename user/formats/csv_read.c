// SPDX-License-Identifier: MIT
#include "csv_read.h"

#include <errno.h>

struct csv csv_of(const char *file, const char *text, size_t len, struct diags *diags)
{
	size_t mark = text_mark(text, len);

	return (struct csv) {
		.file = file,
		.diags = diags,
		.at = text + mark,
		.left = len - mark,
		.line = 1,
		.column = 1,
	};
}

void csv_free(struct csv *csv)
{
	buf_free(&csv->text);
}

static bool next_is(const struct csv *csv, char c)
{
	return csv->left && *csv->at == c;
}

/* The carriage return of a line end is passed over with it. */
static bool at_line_end(const struct csv *csv)
{
	return next_is(csv, '\n') || next_is(csv, '\r');
}

static void skip_character(struct csv *csv)
{
	char c = *csv->at++;

	csv->left--;
	if (c == '\n') {
		csv->line++;
		csv->column = 1;
	} else if (((unsigned char)c & 0xc0) != 0x80) {
		csv->column++;
	}
}

static void end_line(struct csv *csv)
{
	while (next_is(csv, '\r'))
		skip_character(csv);
	if (next_is(csv, '\n'))
		skip_character(csv);
}

static int skip_record(struct csv *csv, unsigned int line, unsigned int column, const char *what)
{
	diags_add(csv->diags, csv->file, line, column, "%s", what);
	while (csv->left && !at_line_end(csv))
		skip_character(csv);
	end_line(csv);
	return -EINVAL;
}

static int read_quoted(struct csv *csv)
{
	unsigned int line = csv->line, column = csv->column;

	skip_character(csv);
	for (;;) {
		if (csv->left == 0)
			return skip_record(csv, line, column, "a quote that does not end");
		if (!next_is(csv, '"')) {
			buf_putc(&csv->text, *csv->at);
			skip_character(csv);
			continue;
		}
		skip_character(csv);
		if (!next_is(csv, '"'))
			break;
		buf_putc(&csv->text, '"');
		skip_character(csv);
	}
	if (csv->left && !next_is(csv, ',') && !at_line_end(csv))
		return skip_record(csv, csv->line, csv->column, "text after the end of a quote");
	return 0;
}

static int read_plain(struct csv *csv)
{
	while (csv->left && !next_is(csv, ',') && !at_line_end(csv)) {
		if (next_is(csv, '"'))
			return skip_record(csv, csv->line, csv->column,
					   "a quote within a field that does not start with one");
		buf_putc(&csv->text, *csv->at);
		skip_character(csv);
	}
	return 0;
}

static int read_fields(struct csv *csv, struct csv_record *record, size_t *starts)
{
	int r;

	for (;;) {
		if (record->len == CSV_FIELDS_MAX)
			return skip_record(csv, csv->line, csv->column, "too many fields");
		starts[record->len] = csv->text.len;
		record->fields[record->len].line = csv->line;
		record->fields[record->len++].column = csv->column;
		r = next_is(csv, '"') ? read_quoted(csv) : read_plain(csv);
		if (r < 0)
			return r;
		buf_add(&csv->text, "", 1);
		if (!next_is(csv, ','))
			break;
		skip_character(csv);
	}
	end_line(csv);
	return csv->text.failed ? -ENOMEM : 1;
}

int csv_next(struct csv *csv, struct csv_record *ret_record)
{
	struct csv_record record = { 0 };
	size_t starts[CSV_FIELDS_MAX];
	int r;

	while (at_line_end(csv))
		end_line(csv);
	if (csv->left == 0)
		return 0;
	buf_reset(&csv->text);
	record.line = csv->line;
	r = read_fields(csv, &record, starts);
	if (r < 0)
		return r;
	for (size_t i = 0; i < record.len; i++)
		record.fields[i].text = csv->text.data + starts[i];
	*ret_record = record;
	return 1;
}
