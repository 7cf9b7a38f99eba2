// SPDX-License-Identifier: MIT
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <wchar.h>

#include <libsmartcols/libsmartcols.h>

#include "escape.h"
#include "suggest.h"
#include "table_fit.h"

#define WIDTH_UNKNOWN 80
#define CUT_MIN	      12 /* what is cut keeps as many columns of the terminal */

struct cell {
	char *text; /* safe for a terminal, and valid in the locale */
	const char *colour;
};

struct table {
	const struct table_column *columns;
	size_t len; /* of columns */
	struct cell *cells;
	size_t rows, room;
	const struct table_view *view;	/* NULL: that of zero */
	struct table_fit_column *shown; /* `len` of them, in the order of `order` */
	size_t *order;			/* indexes of columns */
	size_t order_len;
};

int table_new(const struct table_column *columns, size_t len, struct table **ret_table)
{
	_cleanup_(table_freep) struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return -ENOMEM;
	table->columns = columns;
	table->len = len;
	table->shown = calloc(len, sizeof(*table->shown));
	table->order = calloc(len, sizeof(*table->order));
	if (!table->shown || !table->order)
		return -ENOMEM;
	*ret_table = TAKE_PTR(table);
	return 0;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->rows * table->len; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table->shown);
	free(table->order);
	free(table);
}

/*
 * The library hangs on a text with a character that the locale does not know: it never
 * finds the text's width. The programs choose a locale of UTF-8; where there is
 * none, what is not ASCII is written as its bytes.
 */
static void fit_locale(struct buf *cell)
{
	_cleanup_buf_ struct buf plain = { 0 };

	if (cell->failed || mbstowcs(NULL, cell->data, 0) != (size_t)-1)
		return;
	escape_put(ESCAPE_ASCII, cell->data, &plain);
	buf_reset(cell);
	buf_add(cell, plain.data, plain.len);
	cell->failed = plain.failed;
}

static int make_room(struct table *table)
{
	size_t room = table->room ? table->room * 2 : 16;
	struct cell *cells;

	if (table->rows < table->room)
		return 0;
	cells = reallocarray(table->cells, room * table->len, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	table->cells = cells;
	table->room = room;
	return 0;
}

static struct cell *row_at(const struct table *table, size_t row)
{
	return &table->cells[row * table->len];
}

int table_add(struct table *table, const char *const *cells)
{
	struct cell *row;

	if (make_room(table) < 0)
		return -ENOMEM;
	row = row_at(table, table->rows);
	memset(row, 0, table->len * sizeof(*row));
	table->rows++; /* what is in it is freed, also if not all is */
	for (size_t i = 0; i < table->len; i++) {
		_cleanup_buf_ struct buf cell = { 0 };

		buf_put_safe(&cell, cells[i] && *cells[i] ? cells[i] : "-");
		fit_locale(&cell);
		row[i].text = buf_take(&cell);
		if (!row[i].text)
			return -ENOMEM;
	}
	return 0;
}

void table_paint(struct table *table, size_t column, const char *colour)
{
	row_at(table, table->rows - 1)[column].colour = colour;
}

/* ---- which columns, and which order of rows -------------------------------------------------- */
struct columns {
	const struct table_column *list;
	size_t len;
};

static const char *name_at(const void *columns, size_t n)
{
	const struct columns *c = columns;

	return n < c->len ? c->list[n].name : NULL;
}

/* The index of a name of n bytes, or -ENOENT. */
static int find_column(const struct table_column *columns, size_t len, const char *name, size_t n)
{
	for (size_t i = 0; i < len; i++)
		if (strlen(columns[i].name) == n && strncasecmp(columns[i].name, name, n) == 0)
			return (int)i;
	return -ENOENT;
}

static int refuse_column(const struct columns *columns, const char *name, size_t n, struct buf *err)
{
	_cleanup_free_ char *copy = strndup(name, n);
	const char *column;

	if (!copy)
		return -ENOMEM;
	for (char *c = copy; *c; c++)
		*c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	buf_printf(err, "%.*s: not one of ", (int)n, name);
	for (size_t i = 0; (column = name_at(columns, i)); i++)
		buf_printf(err, "%s%s", i ? ", " : "", column);
	suggest_put(copy, name_at, columns, err);
	return -EINVAL;
}

static const char *sort_name(const struct table_view *view)
{
	return view->sort + (view->sort[0] == '-');
}

int table_view_check(const struct table_view *view, const struct table_column *columns, size_t len,
		     struct buf *err)
{
	const struct columns all = { columns, len };
	const char *name = view->columns;
	int r = 0;

	while (name && r == 0) {
		size_t n = strcspn(name, ",");

		if (find_column(columns, len, name, n) < 0)
			r = refuse_column(&all, name, n, err);
		name = name[n] ? name + n + 1 : NULL;
	}
	if (r == 0 && view->sort &&
	    find_column(columns, len, sort_name(view), strlen(sort_name(view))) < 0)
		r = refuse_column(&all, sort_name(view), strlen(sort_name(view)), err);
	return r;
}

void table_set_view(struct table *table, const struct table_view *view)
{
	table->view = view;
}

/* A column that is named twice is shown once. */
static void choose_columns(struct table *table, const char *names)
{
	table->order_len = 0;
	for (size_t i = 0; !names && i < table->len; i++)
		table->order[table->order_len++] = i;
	while (names) {
		size_t n = strcspn(names, ",");
		int found = find_column(table->columns, table->len, names, n);
		bool twice = found < 0;

		for (size_t i = 0; i < table->order_len; i++)
			twice |= table->order[i] == (size_t)found;
		if (!twice)
			table->order[table->order_len++] = (size_t)found;
		names = names[n] ? names + n + 1 : NULL;
	}
}

struct sorting {
	size_t column;
	int sign;
};

/* Numbers in a text count as numbers. */
static int compare_rows(const void *a, const void *b, void *data)
{
	const struct sorting *s = data;
	const struct cell *const *one = a, *const *other = b;
	int r = s->sign * strverscmp((*one)[s->column].text, (*other)[s->column].text);

	return r ? r : (*one > *other) - (*one < *other); /* as they were added */
}

static void sort_rows(const struct table *table, const struct table_view *view,
		      const struct cell **rows)
{
	int column = view->sort ? find_column(table->columns, table->len, sort_name(view),
					      strlen(sort_name(view))) :
				  -ENOENT;
	struct sorting sorting = { .column = (size_t)column, .sign = 1 };

	if (column < 0)
		return;
	if (view->sort[0] == '-')
		sorting.sign = -1;
	qsort_r(rows, table->rows, sizeof(*rows), compare_rows, &sorting);
}

/* ---- how wide -------------------------------------------------------------------------------- */
/* The bytes of a text that take at most `most` columns of a terminal; how many they take. */
static size_t measure(const char *text, size_t most, size_t *ret_bytes)
{
	mbstate_t state = { 0 };
	size_t columns = 0, at = 0;

	while (text[at]) {
		wchar_t c = 0;
		size_t n = mbrtowc(&c, text + at, MB_CUR_MAX, &state);
		int width = n <= MB_CUR_MAX ? wcwidth(c) : 1;

		if (columns + (size_t)(width > 0 ? width : 0) > most)
			break;
		columns += (size_t)(width > 0 ? width : 0);
		at += n && n <= MB_CUR_MAX ? n : 1;
	}
	*ret_bytes = at;
	return columns;
}

static size_t width_of(const char *text)
{
	size_t bytes;

	return measure(text, SIZE_MAX, &bytes);
}

/* Begin with what each shown column would like to have. */
static void measure_columns(struct table *table, bool headings)
{
	for (size_t i = 0; i < table->order_len; i++) {
		const struct table_column *column = &table->columns[table->order[i]];
		struct table_fit_column *fit = &table->shown[i];

		*fit = (struct table_fit_column) { 0 };
		fit->least = headings ? width_of(column->name) : 0;
		fit->natural = fit->least;
		for (size_t row = 0; row < table->rows; row++) {
			size_t width = width_of(row_at(table, row)[table->order[i]].text);

			fit->natural = width > fit->natural ? width : fit->natural;
		}
		fit->least = fit->least > CUT_MIN ? fit->least : CUT_MIN;
		if (!column->truncate || fit->least > fit->natural)
			fit->least = fit->natural;
		fit->width = fit->natural;
	}
}

static size_t terminal_width(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return WIDTH_UNKNOWN;
	return size.ws_col;
}

/* Which columns are shown, and how wide. */
static void fit_columns(struct table *table, const struct table_view *view, FILE *out)
{
	bool whole = view->wide || !isatty(fileno(out));

	for (size_t i = 0; i < table->order_len; i++)
		table->shown[i] = (struct table_fit_column) { .width = SIZE_MAX };
	if (whole)
		return;
	measure_columns(table, !view->no_headings);
	for (size_t i = 0; i < table->order_len && !view->keep; i++)
		table->shown[i].drop = table->columns[table->order[i]].drop;
	table_fit(table->shown, table->order_len, terminal_width(fileno(out)));
}

/* ---- printing -------------------------------------------------------------------------------- */
/* A copy of a text that takes at most so many columns, with a sign where it is cut. NULL: no
 * memory. */
static char *cut(const char *text, size_t width)
{
	_cleanup_buf_ struct buf out = { 0 };
	size_t bytes;

	if (width == SIZE_MAX || width_of(text) <= width)
		return strdup(text);
	(void)measure(text, width - 1, &bytes);
	buf_add(&out, text, bytes);
	buf_puts(&out, MB_CUR_MAX > 1 ? "…" : "+");
	return buf_take(&out);
}

static int add_line(const struct table *table, const struct cell *row, bool colour,
		    struct libscols_table *lib)
{
	struct libscols_line *line = scols_table_new_line(lib, NULL);
	size_t n = 0;

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < table->order_len; i++) {
		const struct cell *cell = &row[table->order[i]];
		char *text;

		if (!table->shown[i].width)
			continue;
		text = cut(cell->text, table->shown[i].width);
		if (!text || scols_line_refer_data(line, n, text) < 0) {
			free(text);
			return -ENOMEM;
		}
		if (colour && cell->colour)
			(void)scols_cell_set_color(scols_line_get_cell(line, n), cell->colour);
		n++;
	}
	return 0;
}

static int add_columns(const struct table *table, struct libscols_table *lib)
{
	for (size_t i = 0; i < table->order_len; i++) {
		const struct table_column *column = &table->columns[table->order[i]];

		if (table->shown[i].width &&
		    !scols_table_new_column(lib, column->name, 0,
					    column->right ? SCOLS_FL_RIGHT : 0))
			return -ENOMEM;
	}
	return 0;
}

static int fill(const struct table *table, const struct table_view *view,
		struct libscols_table *lib)
{
	_cleanup_free_ const struct cell **rows = calloc(table->rows, sizeof(*rows));
	/* cells are made safe already, by the rules of the other outputs */
	int r = rows && scols_table_enable_noencoding(lib, 1) == 0 ? 0 : -ENOMEM;

	if (r == 0)
		r = add_columns(table, lib);
	for (size_t i = 0; r == 0 && i < table->rows; i++)
		rows[i] = row_at(table, i);
	if (r == 0)
		sort_rows(table, view, rows);
	for (size_t i = 0; r == 0 && i < table->rows; i++)
		r = add_line(table, rows[i], view->colour, lib);
	return r;
}

static void put_left_out(const struct table *table, FILE *out)
{
	const char *before = "(the terminal is too narrow for ", *after = "";

	for (size_t i = 0; i < table->order_len; i++) {
		if (table->shown[i].width)
			continue;
		(void)fprintf(out, "%s%s", before, table->columns[table->order[i]].name);
		before = ", ";
		after = ")\n";
	}
	(void)fputs(after, out);
}

int table_print(struct table *table, FILE *out)
{
	static const struct table_view all = { 0 };
	const struct table_view *view = table->view ? table->view : &all;
	struct libscols_table *lib;
	int r;

	if (!table->rows)
		return fflush(out) == EOF ? -errno : 0;
	choose_columns(table, view->columns);
	fit_columns(table, view, out);
	lib = scols_new_table();
	if (!lib)
		return -ENOMEM;
	r = fill(table, view, lib);
	(void)scols_table_set_stream(lib, out);
	(void)scols_table_set_termforce(lib, SCOLS_TERMFORCE_NEVER); /* it is fitted already */
	(void)scols_table_enable_noheadings(lib, view->no_headings);
	(void)scols_table_enable_colors(lib, view->colour);
	if (r == 0)
		r = scols_print_table(lib);
	scols_unref_table(lib);
	if (r < 0)
		return r;
	put_left_out(table, out);
	/* what is still in the buffer can fail, too */
	if (fflush(out) == EOF)
		return -errno;
	return ferror(out) ? -EIO : 0;
}
