// SPDX-License-Identifier: MIT
#include "table.h"

#include <errno.h>
#include <sys/ioctl.h>

#include <libsmartcols/libsmartcols.h>

#include "escape.h"

#define WIDTH_UNKNOWN 80

struct table {
	struct libscols_table *lib;
	size_t columns;
};

static int add_column(struct table *table, const struct table_column *column)
{
	int flags = (column->right ? SCOLS_FL_RIGHT : 0) | (column->truncate ? SCOLS_FL_TRUNC : 0);

	return scols_table_new_column(table->lib, column->name, column->width, flags) ? 0 : -ENOMEM;
}

int table_new(const struct table_column *columns, size_t len, struct table **ret_table)
{
	_cleanup_(table_freep) struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return -ENOMEM;
	table->columns = len;
	table->lib = scols_new_table();
	/* Cells are made safe here, by the rules of the other outputs. */
	if (!table->lib || scols_table_enable_noencoding(table->lib, 1) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++)
		if (add_column(table, &columns[i]) < 0)
			return -ENOMEM;
	*ret_table = TAKE_PTR(table);
	return 0;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	scols_unref_table(table->lib);
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

int table_add(struct table *table, const char *const *cells)
{
	struct libscols_line *line = scols_table_new_line(table->lib, NULL);
	_cleanup_buf_ struct buf cell = { 0 };

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < table->columns; i++) {
		buf_reset(&cell);
		buf_put_safe(&cell, cells[i] && *cells[i] ? cells[i] : "-");
		fit_locale(&cell);
		if (cell.failed || scols_line_set_data(line, i, cell.data) < 0)
			return -ENOMEM;
	}
	return 0;
}

static size_t terminal_width(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return WIDTH_UNKNOWN;
	return size.ws_col;
}

int table_print(struct table *table, FILE *out)
{
	bool terminal = isatty(fileno(out));
	int r;

	(void)scols_table_set_stream(table->lib, out);
	(void)scols_table_set_termforce(table->lib,
					terminal ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (terminal)
		(void)scols_table_set_termwidth(table->lib, terminal_width(fileno(out)));
	r = scols_print_table(table->lib);
	if (r < 0)
		return r;
	/* what is still in the buffer can fail, too */
	if (fflush(out) == EOF)
		return -errno;
	return ferror(out) ? -EIO : 0;
}
