// SPDX-License-Identifier: MIT
#include "md_tables.h"

#include <errno.h>
#include <string.h>

/* ---- what a line is ---------------------------------------------------------------------- */
#define INDENT_MAX 3

struct fence {
	char mark; /* '`' or '~' */
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t indent(const struct text_line *line)
{
	size_t n = 0;

	while (n < line->len && line->text[n] == ' ')
		n++;
	return n;
}

/* How many of a character stand at a place. */
static size_t run_length(const struct text_line *line, size_t at, char c)
{
	size_t n = 0;

	while (at + n < line->len && line->text[at + n] == c)
		n++;
	return n;
}

static bool blank_from(const struct text_line *line, size_t at)
{
	for (; at < line->len; at++)
		if (!is_blank(line->text[at]))
			return false;
	return true;
}

static bool line_is_blank(const struct text_line *line)
{
	return blank_from(line, 0);
}

/* Does its text start with this? At most three blanks may stand before it. */
static bool line_starts(const struct text_line *line, const char *with)
{
	size_t at = indent(line), n = strlen(with);

	return at <= INDENT_MAX && line->len - at >= n && memcmp(line->text + at, with, n) == 0;
}

/* Is it this text, and nothing but blanks after it? */
static bool line_is(const struct text_line *line, const char *text)
{
	size_t n = strlen(text);

	return line->len >= n && memcmp(line->text, text, n) == 0 && blank_from(line, n);
}

static bool line_contains(const struct text_line *line, const char *text)
{
	return memmem(line->text, line->len, text, strlen(text)) != NULL;
}

/* The text of a line as that of a heading. */
static void copy_heading(const char *text, size_t len, char ret_text[MD_HEADING_MAX])
{
	bool gap = false;
	size_t n = 0;

	for (size_t i = 0; i < len && n + 2 < MD_HEADING_MAX; i++) {
		char c = text[i];

		if (is_blank(c)) {
			gap = true;
			continue;
		}
		if (strchr("*_`", c))
			continue;
		if (gap && n)
			ret_text[n++] = ' ';
		gap = false;
		ret_text[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	ret_text[n] = '\0';
}

/* The level (1 to 6) of a heading with "#", and its text; or 0. */
static unsigned int heading_level(const struct text_line *line, char ret_text[MD_HEADING_MAX])
{
	size_t at = indent(line), level = run_length(line, at, '#'), end = line->len;

	if (at > INDENT_MAX || level == 0 || level > MD_LEVELS)
		return 0;
	at += level;
	if (at < end && !is_blank(line->text[at]))
		return 0;
	while (end > at && is_blank(line->text[end - 1]))
		end--;
	while (end > at && line->text[end - 1] == '#')
		end--;
	copy_heading(line->text + at, end - at, ret_text);
	return (unsigned int)level;
}

/* The level (1 or 2) of the heading that a line of = or - makes of the line above it; or 0. */
static unsigned int underline_level(const struct text_line *line)
{
	size_t at = indent(line), n;

	if (at > INDENT_MAX || at == line->len)
		return 0;
	n = run_length(line, at, line->text[at]);
	if (!blank_from(line, at + n))
		return 0;
	if (line->text[at] == '=')
		return 1;
	return line->text[at] == '-' ? 2 : 0;
}

/* The end of ":---:" that starts at a place, with the blanks around it; the place itself: none. */
static size_t dashes(const struct text_line *line, size_t at)
{
	size_t start = at, n;

	while (at < line->len && is_blank(line->text[at]))
		at++;
	at += run_length(line, at, ':') == 1;
	n = run_length(line, at, '-');
	if (n == 0)
		return start;
	at += n;
	at += run_length(line, at, ':') == 1;
	while (at < line->len && is_blank(line->text[at]))
		at++;
	return at;
}

/* The cells of the line of dashes below a table's header; 0 for any other line. */
static size_t delimiter_cells(const struct text_line *line)
{
	size_t cells = 0, pipes = 0, at = 0, end;

	while (at < line->len && is_blank(line->text[at]))
		at++;
	if (run_length(line, at, '|') == 1)
		pipes++, at++;
	for (; !blank_from(line, at); cells++) {
		end = dashes(line, at);
		if (end == at)
			return 0;
		at = end;
		if (at == line->len)
			continue;
		if (line->text[at++] != '|')
			return 0;
		pipes++;
	}
	return pipes ? cells : 0;
}

static bool fence_starts(const struct text_line *line, struct fence *ret_fence)
{
	size_t at = indent(line), n;
	char c;

	if (at > INDENT_MAX || at == line->len)
		return false;
	c = line->text[at];
	n = run_length(line, at, c);
	if ((c != '`' && c != '~') || n < 3)
		return false;
	/* with another one in the line it is code within a paragraph */
	if (c == '`' && memchr(line->text + at + n, c, line->len - at - n))
		return false;
	*ret_fence = (struct fence) { .mark = c, .len = n };
	return true;
}

static bool fence_ends(const struct text_line *line, const struct fence *fence)
{
	size_t at = indent(line), n = run_length(line, at, fence->mark);

	return at <= INDENT_MAX && n >= fence->len && blank_from(line, at + n);
}

/* ---- the walk over lines ----------------------------------------------------------------- */
struct walk {
	const char *file;
	struct diags *diags;
	const struct md_reader *reader;
	void *ctx;
	struct text_lines lines;
	struct text_line line;
	struct text_line before; /* the line above, where it is prose; its text is NULL: none */
	struct md_headings headings;
	size_t columns; /* of the table; 0: in none */
	bool wanted;	/* its rows are */
};

static void add_fault(const struct walk *w, unsigned int line, const char *what)
{
	diags_add(w->diags, w->file, line, 1, "%s", what);
}

static void set_heading(struct walk *w, unsigned int level, const char *text)
{
	for (size_t i = level - 1; i < MD_LEVELS; i++)
		w->headings.text[i][0] = '\0';
	memcpy(w->headings.text[level - 1], text, strlen(text) + 1);
}

/* Pass over what starts with the line that was taken, up to a line that ends it. */
static void skip_to(struct walk *w, bool (*ends)(const struct text_line *, const void *),
		    const void *ctx, const char *what)
{
	unsigned int start = w->line.number;

	while (text_lines_next(&w->lines, &w->line))
		if (ends(&w->line, ctx))
			return;
	add_fault(w, start, what);
}

static bool matter_ends(const struct text_line *line, const void *ctx)
{
	(void)ctx;
	return line_is(line, "---") || line_is(line, "...");
}

static bool comment_ends(const struct text_line *line, const void *ctx)
{
	(void)ctx;
	return line_contains(line, "-->");
}

static bool code_ends(const struct text_line *line, const void *ctx)
{
	return fence_ends(line, ctx);
}

/* Pass over a code block or a comment that starts here; false: none does. */
static bool skip_block(struct walk *w)
{
	struct fence fence;

	if (fence_starts(&w->line, &fence)) {
		skip_to(w, code_ends, &fence, "a code block that does not end");
		return true;
	}
	if (!line_starts(&w->line, "<!--"))
		return false;
	if (!line_contains(&w->line, "-->"))
		skip_to(w, comment_ends, NULL, "a comment that does not end");
	return true;
}

/* Take a heading that the line is, or that it makes of the one above it. */
static bool read_heading(struct walk *w)
{
	char text[MD_HEADING_MAX];
	unsigned int level = heading_level(&w->line, text);

	if (level == 0 && w->before.text) {
		level = underline_level(&w->line);
		copy_heading(w->before.text, w->before.len, text);
	}
	if (level)
		set_heading(w, level, text);
	return level != 0;
}

/* The cells of the line of dashes that follows; 0: another line does, or none. */
static size_t delimiter_below(const struct walk *w)
{
	struct text_lines ahead = w->lines;
	struct text_line line;

	return text_lines_next(&ahead, &line) ? delimiter_cells(&line) : 0;
}

static int start_table(struct walk *w, size_t columns)
{
	_cleanup_md_row_ struct md_row header = { 0 };
	int r = md_row_parse(w->file, &w->line, w->diags, &header);

	(void)text_lines_next(&w->lines, &w->line);
	w->columns = columns;
	w->wanted = false;
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	if (header.len != columns) {
		diags_add(w->diags, w->file, header.line, 1,
			  "a header of %zu cells over a line of %zu", header.len, columns);
		return 0;
	}
	r = w->reader->table(w->ctx, &w->headings, &header);
	w->wanted = r == 0;
	return r < 0 ? r : 0;
}

static int read_row(struct walk *w)
{
	_cleanup_md_row_ struct md_row row = { 0 };
	int r;

	if (!w->wanted)
		return 0;
	r = md_row_parse(w->file, &w->line, w->diags, &row);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	if (w->reader->takes_short && row.len + 1 == w->columns) {
		row.lacks_last = true;
		row.cells[row.len] = (struct md_cell) { "", row.cells[row.len - 1].column };
		row.len++;
	}
	if (row.len == w->columns)
		return w->reader->row(w->ctx, &row);
	diags_add(w->diags, w->file, row.line, 1, "a row of %zu cells in a table of %zu columns",
		  row.len, w->columns);
	return 0;
}

static int read_line(struct walk *w)
{
	struct text_line line = w->line;
	size_t columns;

	if (line_is_blank(&line) || skip_block(w) || read_heading(w)) {
		w->columns = 0;
		w->before.text = NULL;
		return 0;
	}
	if (w->columns)
		return read_row(w);
	columns = delimiter_below(w);
	w->before.text = NULL;
	if (columns)
		return start_table(w, columns);
	if (line_starts(&line, "|"))
		add_fault(w, line.number,
			  "a row in no table: no line of dashes stands below its header");
	else
		w->before = line;
	return 0;
}

int md_tables_read(const char *file, const char *text, size_t len, const struct md_reader *reader,
		   void *ctx, struct diags *diags)
{
	struct walk w = {
		.file = file,
		.diags = diags,
		.reader = reader,
		.ctx = ctx,
		.lines = text_lines_of(text, len),
	};
	int r = 0;

	while (r == 0 && text_lines_next(&w.lines, &w.line)) {
		if (w.line.number == 1 && line_is(&w.line, "---"))
			skip_to(&w, matter_ends, NULL, "front matter that does not end");
		else
			r = read_line(&w);
	}
	return r;
}
