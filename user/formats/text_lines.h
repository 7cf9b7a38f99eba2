/* SPDX-License-Identifier: MIT */
/* A text of lines that comes from outside: what its bytes must be, and its lines. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "../registry/diag.h"

struct text_lines {
	const char *at;
	size_t left;
	unsigned int number; /* of the line that was taken last, from 1 */
};

struct text_line {
	const char *text; /* not terminated */
	size_t len;	  /* without the line end */
	unsigned int number;
};

/*
 * Is it valid UTF-8 of at most REGISTRY_FILE_MAX bytes, without control characters
 * but tabs, and with line ends that are LF or CR LF? Says what is not so. The text
 * need not be terminated.
 */
bool text_check(const char *file, const char *text, size_t len, struct diags *diags);

/* The lines of a text that was checked, without a byte order mark at its start. */
struct text_lines text_lines_of(const char *text, size_t len);

/* Take the next line; false after the last one. */
bool text_lines_next(struct text_lines *lines, struct text_line *ret_line);

/* The bytes of a byte order mark that the text starts with: 3, or 0. */
size_t text_mark(const char *text, size_t len);
