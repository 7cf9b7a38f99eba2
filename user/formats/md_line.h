/* SPDX-License-Identifier: MIT */
/* What a line of Markdown is, as far as tables need it. Pure. */
#pragma once

#include "md_tables.h"

struct md_fence {
	char mark; /* '`' or '~' */
	size_t len;
};

bool md_is_blank(const struct text_line *line);

/* Does its text start with this? At most three blanks may stand before it. */
bool md_starts(const struct text_line *line, const char *with);

/* Is it this text, and nothing but blanks after it? */
bool md_is(const struct text_line *line, const char *text);

bool md_contains(const struct text_line *line, const char *text);

/* The level (1 to 6) of a heading with "#", and its text; or 0. */
unsigned int md_heading(const struct text_line *line, char ret_text[MD_HEADING_MAX]);

/* The level (1 or 2) of the heading that a line of = or - makes of the line above it; or 0. */
unsigned int md_underline(const struct text_line *line);

/* The text of a line as that of a heading. */
void md_heading_text(const char *text, size_t len, char ret_text[MD_HEADING_MAX]);

/* The cells of the line of dashes below a table's header, or 0: it is none. */
size_t md_delimiter(const struct text_line *line);

bool md_fence_starts(const struct text_line *line, struct md_fence *ret_fence);
bool md_fence_ends(const struct text_line *line, const struct md_fence *fence);
