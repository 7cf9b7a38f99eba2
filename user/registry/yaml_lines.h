/* SPDX-License-Identifier: MIT */
/* Lines of a YAML text, as libyaml counts them. Pure. */
#pragma once

#include <stddef.h>

/* The bytes of the end of a line at s, of which there are len bytes; 0: it is none. */
size_t yaml_lines_end(const char *s, size_t len);

/* Move a position, from 0, past a text; columns are characters. */
void yaml_lines_pass(const char *text, size_t len, unsigned int *line, unsigned int *column);

/*
 * Where the first line after the first one starts a document and is not before
 * this position, both from 0: `---` alone, or before a blank. len: none does.
 */
size_t yaml_lines_document(const char *text, size_t len, size_t line, size_t column);
