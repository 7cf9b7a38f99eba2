/* SPDX-License-Identifier: MIT */
/* The bytes of a YAML text before they are read as YAML, and its lines as libyaml counts them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"

/*
 * Is it valid UTF-8 without control characters other than tab and line ends, not too long,
 * and with at most so many lines that start with "%"? Those are directives, and libyaml
 * compares each with all before it. Says in diags what is wrong.
 */
bool yaml_text_check(const char *file, const char *text, size_t len, size_t directives,
		     struct diags *diags);

/* Where the next piece of a text begins that comes in pieces. */
struct yaml_text_at {
	unsigned int line, column; /* from 0 */
	size_t percents;	   /* lines that started with "%" */
	size_t directives;	   /* so many of them may */
};

/*
 * Move past a piece of a text, and say what yaml_text_check() finds wrong in it, at the place
 * that is then in *at; NULL: nothing. A piece ends neither in a character nor between CR and LF.
 */
const char *yaml_text_fault(struct yaml_text_at *at, const char *text, size_t len);

/* Move a position, from 0, past a text; columns are characters. */
void yaml_text_pass(const char *text, size_t len, unsigned int *line, unsigned int *column);

/*
 * Where the first line after the first one starts a document and is not before
 * this position, both from 0: `---` alone, or before a blank. len: none does.
 */
size_t yaml_text_document(const char *text, size_t len, size_t line, size_t column);
