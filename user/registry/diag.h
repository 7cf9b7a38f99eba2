/* SPDX-License-Identifier: MIT */
/* What is wrong with an input file: a bounded list of positions and messages. */
#pragma once

#include <stddef.h>

#include "../base/buf.h"

#define DIAGS_MAX 100 /* kept; the others are only counted */

struct diag {
	char *file;
	unsigned int line, column; /* from 1; 0: the file as a whole */
	char *message;
};

struct diags {
	struct diag items[DIAGS_MAX];
	size_t len;   /* kept */
	size_t total; /* found */
};

/* Add one; the message says what is wrong and what was found. */
void diags_add(struct diags *d, const char *file, unsigned int line, unsigned int column,
	       const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Write one, `file:line:col: message`, safe for a terminal, without a line end. */
void diag_text(const struct diag *diag, struct buf *out);

/*
 * Write one line for each, `file:line:col: message`, in file order of finding,
 * safe for a terminal, and a last line where more were found than are kept.
 */
void diags_text(const struct diags *d, struct buf *out);

/* Free what the list holds and make it empty. */
void diags_free(struct diags *d);

#define _cleanup_diags_ _cleanup_(diags_free)
