/* SPDX-License-Identifier: MIT */
/*
 * The tables of a Markdown text, with the headings under which they stand. Pure.
 *
 * Front matter, prose, code blocks and comments are passed over. What looks like a
 * row but is in no table is a fault, and so is what hides the rest of the text.
 */
#pragma once

#include "md_row.h"

#define MD_LEVELS      6
#define MD_HEADING_MAX 128

struct md_headings {
	/* Of each level, in lower case, without emphasis; empty: none. Longer ones are cut. */
	char text[MD_LEVELS][MD_HEADING_MAX];
};

/* What takes tables. Positive from table(): its rows are passed over. Negative: an errno. */
struct md_reader {
	int (*table)(void *ctx, const struct md_headings *headings, const struct md_row *header);
	int (*row)(void *ctx, const struct md_row *row); /* as many cells as the header */
	bool takes_short; /* rows that lack a cell, too: perhaps the last one */
};

/*
 * Read a text that text_check() has passed. 0, also when faults were found and said;
 * -ENOMEM; or what the reader said.
 */
int md_tables_read(const char *file, const char *text, size_t len, const struct md_reader *reader,
		   void *ctx, struct diags *diags);
