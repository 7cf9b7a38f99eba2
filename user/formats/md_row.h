/* SPDX-License-Identifier: MIT */
/* A line of a Markdown table, taken apart into its cells. Pure. */
#pragma once

#include "text_lines.h"

#define MD_CELLS_MAX 32

struct md_cell {
	const char *text;    /* without the blanks around it, its pipes not escaped any more */
	unsigned int column; /* in its line, in characters from 1 */
};

struct md_row {
	struct md_cell cells[MD_CELLS_MAX];
	size_t len;
	bool lacks_last; /* its last cell, which is empty, is not there */
	unsigned int line;
	char *texts; /* what the cells point into */
};

/*
 * Take a line apart. Only `|` is special, also inside code spans; `\|` is one that
 * belongs to the cell. 0; -EINVAL after saying why it is no row; -ENOMEM. The row is
 * the caller's.
 */
int md_row_parse(const char *file, const struct text_line *line, struct diags *diags,
		 struct md_row *ret_row);

void md_row_free(struct md_row *row);
#define _cleanup_md_row_ _cleanup_(md_row_free)

/*
 * Append a text as a cell's, its pipes escaped. False when a cell can't hold it: it
 * has line ends, control characters or blanks around it, or a backslash before a
 * pipe. Then what is appended is the nearest that one can.
 */
bool md_cell_put(const char *text, struct buf *out);
