// SPDX-License-Identifier: MIT
#include "md_row.h"

#include <errno.h>
#include <string.h>

#include "../base/utf8.h"
#include "../base/escape.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct span {
	const char *text;
	size_t len;
};

static struct span trim(const char *text, size_t len)
{
	while (len && is_blank(*text))
		text++, len--;
	while (len && is_blank(text[len - 1]))
		len--;
	return (struct span) { text, len };
}

/* Backslashes that stand immediately before text[at]. */
static size_t backslashes(const char *text, size_t at)
{
	size_t n = 0;

	while (n < at && text[at - 1 - n] == '\\')
		n++;
	return n;
}

/* The length up to the next pipe that ends a cell; -EINVAL: backslashes make it ambiguous. */
static ssize_t cell_length(const char *text, size_t len, size_t *ret_fault)
{
	for (size_t i = 0; i < len; i++) {
		size_t n = text[i] == '|' ? backslashes(text, i) : 0;

		if (n > 1) {
			*ret_fault = i;
			return -EINVAL;
		}
		if (text[i] == '|' && n == 0)
			return (ssize_t)i;
	}
	return (ssize_t)len;
}

/* Copy a cell's text without the backslashes before pipes; the end of the copy. */
static char *copy_cell(char *to, struct span from)
{
	for (size_t i = 0; i < from.len; i++) {
		if (from.text[i] == '\\' && i + 1 < from.len && from.text[i + 1] == '|')
			continue;
		*to++ = from.text[i];
	}
	*to++ = '\0';
	return to;
}

static unsigned int column_of(const struct text_line *line, const char *at)
{
	return (unsigned int)utf8_length(line->text, (size_t)(at - line->text)) + 1;
}

/* Without the pipes around a row, which it may have or not. */
static struct span inner_text(const struct text_line *line)
{
	struct span span = trim(line->text, line->len);

	if (span.len && *span.text == '|')
		span.text++, span.len--;
	if (span.len && span.text[span.len - 1] == '|' && backslashes(span.text, span.len - 1) == 0)
		span.len--;
	return span;
}

static int split_cells(const char *file, const struct text_line *line, struct diags *diags,
		       struct md_row *row)
{
	struct span rest = inner_text(line), cell;
	char *to = row->texts;
	size_t fault = 0;
	ssize_t n;

	for (;;) {
		n = cell_length(rest.text, rest.len, &fault);
		if (n < 0) {
			diags_add(diags, file, line->number, column_of(line, rest.text + fault),
				  "backslashes before a pipe: readers of Markdown differ on it");
			return -EINVAL;
		}
		if (row->len == MD_CELLS_MAX) {
			diags_add(diags, file, line->number, column_of(line, rest.text),
				  "more than %d cells", MD_CELLS_MAX);
			return -EINVAL;
		}
		cell = trim(rest.text, (size_t)n);
		row->cells[row->len].text = to;
		row->cells[row->len++].column = column_of(line, cell.text);
		to = copy_cell(to, cell);
		if ((size_t)n == rest.len)
			return 0;
		rest.text += n + 1;
		rest.len -= (size_t)n + 1;
	}
}

int md_row_parse(const char *file, const struct text_line *line, struct diags *diags,
		 struct md_row *ret_row)
{
	_cleanup_md_row_ struct md_row row = { .line = line->number };
	int r;

	row.texts = malloc(line->len + 1 + MD_CELLS_MAX);
	if (!row.texts)
		return -ENOMEM;
	r = split_cells(file, line, diags, &row);
	if (r < 0)
		return r;
	*ret_row = row;
	row.texts = NULL;
	return 0;
}

void md_row_free(struct md_row *row)
{
	free(row->texts);
	*row = (struct md_row) { 0 };
}

bool md_cell_put(const char *text, struct buf *out)
{
	size_t len = strlen(text);
	bool whole = trim(text, len).len == len;
	const char *at = text, *pipe;

	for (;; at = pipe + 1) {
		pipe = strchrnul(at, '|');
		whole &= escape_bytes(ESCAPE_MARKDOWN, at, (size_t)(pipe - at), out);
		if (*pipe == '\0')
			return whole;
		if (backslashes(text, (size_t)(pipe - text))) {
			whole = false;
			buf_puts(out, "&#124;");
		} else {
			buf_puts(out, "\\|");
		}
	}
}
