/* SPDX-License-Identifier: MIT */
/*
 * A streaming JSON writer. The caller nests calls as the document nests;
 * commas are the writer's. Keys are literals of the program. Strings may hold
 * any bytes: what is not valid UTF-8 is written as U+FFFD, and what a terminal may
 * obey (utf8.h) as \uNNNN, so a document is always valid, always one line, and may
 * be shown.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

struct jsonw {
	struct buf *out;
	bool comma; /* the next value of this level needs one before it */
};

/* `key` is NULL inside arrays and at the top. */
void jsonw_object(struct jsonw *w, const char *key);
void jsonw_object_end(struct jsonw *w);
void jsonw_array(struct jsonw *w, const char *key);
void jsonw_array_end(struct jsonw *w);
void jsonw_string(struct jsonw *w, const char *key, const char *value);
void jsonw_u64(struct jsonw *w, const char *key, uint64_t value);
void jsonw_bool(struct jsonw *w, const char *key, bool value);
void jsonw_null(struct jsonw *w, const char *key);

/* Write the string unless it is NULL or empty. */
void jsonw_string_opt(struct jsonw *w, const char *key, const char *value);
