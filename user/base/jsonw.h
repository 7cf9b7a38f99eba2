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
#include <string.h>

#include "buf.h"

struct jsonw {
	struct buf *out;
	bool comma; /* the next value of this level needs one before it */
};

/*
 * What comes before a value: a comma, the key, a colon. Inline, because with the length of a
 * literal known it is a few moves; an event line has twenty of them.
 */
static inline void jsonw_key(struct jsonw *w, const char *key)
{
	size_t n = key ? strlen(key) : 0;
	char *to = buf_extend(w->out, (size_t)w->comma + (key ? n + 3 : 0));

	if (to && w->comma)
		*to++ = ',';
	w->comma = true;
	if (!to || !key)
		return;
	to[0] = '"';
	memcpy(to + 1, key, n);
	to[n + 1] = '"';
	to[n + 2] = ':';
}

/* The value alone, after jsonw_key(). */
void jsonw_put_string(struct jsonw *w, const char *value);
void jsonw_put_plain(struct jsonw *w, const char *value);

/* `key` is NULL inside arrays and at the top. */
static inline void jsonw_open(struct jsonw *w, const char *key, char c)
{
	jsonw_key(w, key);
	buf_putc(w->out, c);
	w->comma = false;
}

static inline void jsonw_object(struct jsonw *w, const char *key)
{
	jsonw_open(w, key, '{');
}

static inline void jsonw_array(struct jsonw *w, const char *key)
{
	jsonw_open(w, key, '[');
}

void jsonw_object_end(struct jsonw *w);
void jsonw_array_end(struct jsonw *w);

static inline void jsonw_string(struct jsonw *w, const char *key, const char *value)
{
	jsonw_key(w, key);
	jsonw_put_string(w, value);
}

/* The same with a text of ours, in which nothing needs an escape: a word, a moment, an address. */
static inline void jsonw_plain(struct jsonw *w, const char *key, const char *value)
{
	jsonw_key(w, key);
	jsonw_put_plain(w, value);
}

/* Write the string unless it is NULL or empty. */
static inline void jsonw_string_opt(struct jsonw *w, const char *key, const char *value)
{
	if (value && *value)
		jsonw_string(w, key, value);
}

static inline void jsonw_u64(struct jsonw *w, const char *key, uint64_t value)
{
	jsonw_key(w, key);
	buf_put_u64(w->out, value);
}

static inline void jsonw_bool(struct jsonw *w, const char *key, bool value)
{
	jsonw_key(w, key);
	buf_puts(w->out, value ? "true" : "false");
}

static inline void jsonw_null(struct jsonw *w, const char *key)
{
	jsonw_key(w, key);
	buf_puts(w->out, "null");
}
