// SPDX-License-Identifier: MIT
#include "jsonw.h"

#include <string.h>

#include "escape.h"

/* The comma, the key and the colon that a value needs before it. */
static void before(struct jsonw *w, const char *key)
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
	memcpy(to + 1 + n, "\":", 2);
}

static void opens(struct jsonw *w, const char *key, char c)
{
	before(w, key);
	buf_putc(w->out, c);
	w->comma = false;
}

static void closes(struct jsonw *w, char c)
{
	buf_putc(w->out, c);
	w->comma = true;
}

void jsonw_object(struct jsonw *w, const char *key)
{
	opens(w, key, '{');
}

void jsonw_object_end(struct jsonw *w)
{
	closes(w, '}');
}

void jsonw_array(struct jsonw *w, const char *key)
{
	opens(w, key, '[');
}

void jsonw_array_end(struct jsonw *w)
{
	closes(w, ']');
}

void jsonw_string(struct jsonw *w, const char *key, const char *value)
{
	size_t n = escape_plain(value);
	char *to;

	before(w, key);
	if (value[n]) {
		buf_putc(w->out, '"');
		escape_put(ESCAPE_JSON, value, w->out);
		buf_putc(w->out, '"');
		return;
	}
	to = buf_extend(w->out, n + 2); /* most strings: at once */
	if (!to)
		return;
	to[0] = to[n + 1] = '"';
	memcpy(to + 1, value, n);
}

void jsonw_u64(struct jsonw *w, const char *key, uint64_t value)
{
	before(w, key);
	buf_put_u64(w->out, value);
}

void jsonw_bool(struct jsonw *w, const char *key, bool value)
{
	before(w, key);
	buf_puts(w->out, value ? "true" : "false");
}

void jsonw_null(struct jsonw *w, const char *key)
{
	before(w, key);
	buf_puts(w->out, "null");
}

void jsonw_string_opt(struct jsonw *w, const char *key, const char *value)
{
	if (value && *value)
		jsonw_string(w, key, value);
}
