// SPDX-License-Identifier: MIT
#include "rows_read.h"

#include <errno.h>
#include <string.h>

#include "../base/escape.h"
#include "../base/json.h"
#include "csv_read.h"

#define HEADER "layer,kind,"

/* Lines of the registry file that the rows become, which our own reader then checks. */
struct rows {
	struct csv csv;
	enum row_field columns[CSV_FIELDS_MAX]; /* from the third on */
	size_t columns_len;
	struct buf lists[REG_KIND_MAX]; /* the rows of each kind */
	struct buf at[REG_KIND_MAX];	/* unsigned int: the line of each row */
};

static void rows_done(struct rows *rows)
{
	csv_free(&rows->csv);
	for (size_t i = 0; i < REG_KIND_MAX; i++) {
		buf_free(&rows->lists[i]);
		buf_free(&rows->at[i]);
	}
}

bool rows_are(const char *text, size_t len)
{
	return len >= strlen(HEADER) && memcmp(text, HEADER, strlen(HEADER)) == 0;
}

static int read_header(struct rows *rows)
{
	struct csv *csv = &rows->csv;
	struct csv_record record;
	size_t before = csv->diags->total;
	int r = csv_next(csv, &record);

	if (r < 0)
		return r;
	for (size_t i = 2; r == 1 && i < record.len; i++) {
		const struct csv_field *title = &record.fields[i];
		int field = -EINVAL;

		for (int f = 0; f < ROW_FIELD_MAX; f++)
			if (strcmp(row_fields[f].name, title->text) == 0)
				field = f;
		if (field < 0)
			diags_add(csv->diags, csv->file, title->line, title->column,
				  "%.64s: no key of a row", title->text);
		else
			rows->columns[rows->columns_len++] = (enum row_field)field;
	}
	return csv->diags->total > before ? -EINVAL : 0;
}

static int kind_of(const char *word)
{
	for (unsigned int kind = 0; kind < REG_KIND_MAX; kind++)
		if (strcmp(word_kind(kind), word) == 0)
			return (int)kind;
	return -EINVAL;
}

static bool is_list(const char *text)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf err = { 0 };

	return json_parse(text, strlen(text), &err, &json) == 0 && json_is_list(json);
}

/* Append a cell as its key's value: numbers and words stay plain, a list is JSON. */
static bool put_value(enum field_type type, const char *text, struct buf *out)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-";

	if (type == FIELD_PLATFORMS || type == FIELD_OWNERS) {
		if (!is_list(text))
			return false;
		buf_puts(out, text);
		return true;
	}
	if (*text == '\'' && text[1] && strchr("=+-@\t\r", text[1]))
		text++;
	if (type > FIELD_LAST_TEXT && !text[strspn(text, plain)]) {
		buf_puts(out, text);
		return true;
	}
	buf_putc(out, '"');
	escape_put(ESCAPE_YAML, text, out);
	buf_putc(out, '"');
	return true;
}

static const char *key_of(enum row_field field, int kind)
{
	if (field == ROW_NOTES && kind == REG_RANGE)
		field = ROW_NOTE;
	return row_fields[field].name;
}

static void add_row(struct rows *rows, const struct csv_record *record)
{
	struct csv *csv = &rows->csv;
	struct buf *list;
	int kind;

	if (record->len != rows->columns_len + 2) {
		diags_add(csv->diags, csv->file, record->line, 1, "%zu fields instead of %zu",
			  record->len, rows->columns_len + 2);
		return;
	}
	kind = kind_of(record->fields[1].text);
	if (kind < 0) {
		diags_add(csv->diags, csv->file, record->fields[1].line, record->fields[1].column,
			  "%.64s: no kind of row", record->fields[1].text);
		return;
	}
	list = &rows->lists[kind];
	buf_puts(list, "- {");
	for (size_t i = 0; i < rows->columns_len; i++) {
		const struct csv_field *cell = &record->fields[i + 2];

		if (!*cell->text)
			continue;
		buf_printf(list, "%s: ", key_of(rows->columns[i], kind));
		if (!put_value(row_fields[rows->columns[i]].type, cell->text, list))
			diags_add(csv->diags, csv->file, cell->line, cell->column,
				  "%s: not a list in JSON", row_fields[rows->columns[i]].name);
		buf_puts(list, ", ");
	}
	buf_puts(list, "}\n");
	buf_add(&rows->at[kind], (const char *)&record->line, sizeof(record->line));
}

/* The registry file; `at` is of each of its lines the one that it comes from, 0: of none. */
static void put_file(const struct rows *rows, const struct layer_source *source, struct buf *out,
		     struct buf *at)
{
	static const unsigned int none[2] = { 0 };

	buf_printf(out, "version: 1\nname: %s\n", source->name);
	buf_add(at, (const char *)none, 2 * sizeof(none[0]));
	if (source->facts) {
		buf_puts(out, "source: \"");
		escape_put(ESCAPE_YAML, source->facts, out);
		buf_puts(out, "\"\n");
		buf_add(at, (const char *)none, sizeof(none[0]));
	}
	for (size_t i = 0; i < file_fields.len; i++) {
		const struct field *field = &file_fields.items[i];
		enum reg_kind kind;

		if (field->type != FIELD_ROWS)
			continue;
		kind = file_list_kind(field);
		if (!rows->lists[kind].len)
			continue;
		buf_printf(out, "%s:\n%s", field->name, rows->lists[kind].data);
		buf_add(at, (const char *)none, sizeof(none[0]));
		buf_add(at, rows->at[kind].data, rows->at[kind].len);
	}
}

/* Say what our reader says of a line, of the line that it comes from. */
static void translate(const struct diags *from, const char *file, const struct buf *at,
		      struct diags *diags)
{
	unsigned int line;

	for (size_t i = 0; i < from->len; i++) {
		line = 0;
		if (from->items[i].line && from->items[i].line <= at->len / sizeof(line))
			memcpy(&line, at->data + (from->items[i].line - 1) * sizeof(line),
			       sizeof(line));
		diags_add(diags, file, line, line ? 1 : 0, "%s",
			  from->items[i].message ? from->items[i].message : "?");
	}
}

static int make_layer(const struct rows *rows, const struct layer_source *source,
		      struct diags *diags, struct reg_layer **ret_layer)
{
	_cleanup_buf_ struct buf text = { 0 }, at = { 0 };
	_cleanup_diags_ struct diags said = { 0 };
	int r;

	put_file(rows, source, &text, &at);
	if (text.failed || at.failed)
		return -ENOMEM;
	r = layer_parse(source->file, text.data, text.len, &said, ret_layer);
	translate(&said, source->file, &at, diags);
	return r;
}

int rows_read(const struct layer_source *source, struct diags *diags, struct reg_layer **ret_layer)
{
	_cleanup_(rows_done) struct rows rows = { 0 };
	struct csv_record record;
	size_t before = diags->total, n = 0;
	int r;

	if (!text_check(source->file, source->text, source->len, diags))
		return -EINVAL;
	rows.csv = csv_of(source->file, source->text, source->len, diags);
	r = read_header(&rows);
	if (r < 0)
		return r;
	while ((r = csv_next(&rows.csv, &record)) != 0) {
		if (r == -ENOMEM)
			return r;
		if (n++ == REGISTRY_ROWS_MAX) {
			diags_add(diags, source->file, record.line, 1, "more than %d rows",
				  REGISTRY_ROWS_MAX);
			break;
		}
		if (r == 1)
			add_row(&rows, &record);
	}
	return diags->total > before ? -EINVAL : make_layer(&rows, source, diags, ret_layer);
}
