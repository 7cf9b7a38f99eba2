// SPDX-License-Identifier: MIT
#include "import.h"

#include <errno.h>
#include <string.h>

#include "matrix_read.h"
#include "markdown_read.h"
#include "rows_read.h"
#include "text_lines.h"

static const struct {
	const char *word;
	const char *endings[2];
	int (*read)(const struct layer_source *source, struct diags *diags,
		    struct reg_layer **ret_layer);
} formats[] = {
	[IMPORT_MARKDOWN] = { "md", { ".md", ".markdown" }, markdown_read },
	[IMPORT_MATRIX] = { "csv", { ".csv", ".csv" }, matrix_read },
	[IMPORT_ROWS] = { "rows", { NULL }, rows_read },
};

_Static_assert(ARRAY_LEN(formats) == IMPORT_FORMAT_MAX, "a reader for each format");

int import_format_parse(const char *word)
{
	for (int i = 0; i < IMPORT_FORMAT_MAX; i++)
		if (strcmp(formats[i].word, word) == 0)
			return i;
	return -EINVAL;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcasecmp(text + n - m, end) == 0;
}

int import_format_of_name(const char *path)
{
	for (int i = 0; i < IMPORT_FORMAT_MAX; i++)
		for (size_t j = 0; j < ARRAY_LEN(formats[i].endings); j++)
			if (formats[i].endings[j] && ends_with(path, formats[i].endings[j]))
				return i;
	return -EINVAL;
}

/* Does a line start with one of a page: front matter, a heading, a row, a comment? */
static bool is_page_line(const struct text_line *line)
{
	return strchr("#|", line->text[0]) ||
	       (line->len >= 3 && memcmp(line->text, "---", 3) == 0) ||
	       (line->len >= 4 && memcmp(line->text, "<!--", 4) == 0);
}

int import_format_of_text(const char *text, size_t len)
{
	struct text_lines lines = text_lines_of(text, len);
	struct text_line line;

	if (rows_are(text, len))
		return IMPORT_ROWS;
	while (text_lines_next(&lines, &line)) {
		if (line.len == 0)
			continue;
		if (is_page_line(&line))
			return IMPORT_MARKDOWN;
		/* any column may stand first, but none of a matrix is alone */
		return memchr(line.text, ',', line.len) &&
				       memmem(line.text, line.len, "Direction", 9) ?
			       IMPORT_MATRIX :
			       -EINVAL;
	}
	return -EINVAL;
}

enum import_format import_format_exactly(enum import_format format, const char *text, size_t len)
{
	return format == IMPORT_MATRIX && rows_are(text, len) ? IMPORT_ROWS : format;
}

int import_read(enum import_format format, const struct layer_source *source, struct diags *diags,
		struct reg_layer **ret_layer)
{
	return formats[format].read(source, diags, ret_layer);
}
