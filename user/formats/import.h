/* SPDX-License-Identifier: MIT */
/* The formats that a layer can be made of. Pure. */
#pragma once

#include "layer_build.h"

enum import_format {
	IMPORT_MARKDOWN, /* the Host Port Registry page, in Markdown */
	IMPORT_MATRIX,	 /* a communication matrix, in CSV */
	IMPORT_ROWS,	 /* the CSV that `registry export` writes */
	IMPORT_FORMAT_MAX,
};

/* enum import_format, or -EINVAL. */
int import_format_parse(const char *word);

/* The format of a file's name by its ending, or -EINVAL. */
int import_format_of_name(const char *path);

/* The format of a text by its first line that is not blank, or -EINVAL. */
int import_format_of_text(const char *text, size_t len);

/* Which of the two in CSV a text is, if its format is the first one of them. */
enum import_format import_format_exactly(enum import_format format, const char *text, size_t len);

/*
 * Read a text of a format. 0; -EINVAL with messages; -ENOMEM. The layer is the
 * caller's. It is one that layer_parse() reads, once it is written by layer_yaml().
 */
int import_read(enum import_format format, const struct layer_source *source, struct diags *diags,
		struct reg_layer **ret_layer);
