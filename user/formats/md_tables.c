// SPDX-License-Identifier: MIT
#include "md_tables.h"

#include <errno.h>
#include <string.h>

#include "md_line.h"

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

static void fault(const struct walk *w, unsigned int line, const char *what)
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
static void pass_over(struct walk *w, bool (*ends)(const struct text_line *, const void *),
		      const void *ctx, const char *what)
{
	unsigned int start = w->line.number;

	while (text_lines_next(&w->lines, &w->line))
		if (ends(&w->line, ctx))
			return;
	fault(w, start, what);
}

static bool matter_ends(const struct text_line *line, const void *ctx)
{
	(void)ctx;
	return md_is(line, "---") || md_is(line, "...");
}

static bool comment_ends(const struct text_line *line, const void *ctx)
{
	(void)ctx;
	return md_contains(line, "-->");
}

static bool code_ends(const struct text_line *line, const void *ctx)
{
	return md_fence_ends(line, ctx);
}

/* Pass over a code block or a comment that starts here; false: none does. */
static bool is_passed_over(struct walk *w)
{
	struct md_fence fence;

	if (md_fence_starts(&w->line, &fence)) {
		pass_over(w, code_ends, &fence, "a code block that does not end");
		return true;
	}
	if (!md_starts(&w->line, "<!--"))
		return false;
	if (!md_contains(&w->line, "-->"))
		pass_over(w, comment_ends, NULL, "a comment that does not end");
	return true;
}

/* Take a heading that the line is, or that it makes of the one above it. */
static bool is_heading(struct walk *w)
{
	char text[MD_HEADING_MAX];
	unsigned int level = md_heading(&w->line, text);

	if (level == 0 && w->before.text) {
		level = md_underline(&w->line);
		md_heading_text(w->before.text, w->before.len, text);
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

	return text_lines_next(&ahead, &line) ? md_delimiter(&line) : 0;
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

static int take_row(struct walk *w)
{
	_cleanup_md_row_ struct md_row row = { 0 };
	int r;

	if (!w->wanted)
		return 0;
	r = md_row_parse(w->file, &w->line, w->diags, &row);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	if (row.len == w->columns)
		return w->reader->row(w->ctx, &row);
	diags_add(w->diags, w->file, row.line, 1, "a row of %zu cells in a table of %zu columns",
		  row.len, w->columns);
	return 0;
}

static int take_line(struct walk *w)
{
	struct text_line line = w->line;
	size_t columns;

	if (md_is_blank(&line) || is_passed_over(w) || is_heading(w)) {
		w->columns = 0;
		w->before.text = NULL;
		return 0;
	}
	if (w->columns)
		return take_row(w);
	columns = delimiter_below(w);
	w->before.text = NULL;
	if (columns)
		return start_table(w, columns);
	if (md_starts(&line, "|"))
		fault(w, line.number,
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
		if (w.line.number == 1 && md_is(&w.line, "---"))
			pass_over(&w, matter_ends, NULL, "front matter that does not end");
		else
			r = take_line(&w);
	}
	return r;
}
