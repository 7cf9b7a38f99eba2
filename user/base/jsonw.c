// SPDX-License-Identifier: MIT
#include "jsonw.h"

#include "escape.h"

static void before(struct jsonw *w, const char *key)
{
	if (w->comma)
		buf_putc(w->out, ',');
	w->comma = true;
	if (!key)
		return;
	buf_putc(w->out, '"');
	buf_puts(w->out, key);
	buf_add(w->out, "\":", 2);
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
	before(w, key);
	buf_putc(w->out, '"');
	escape_put(ESCAPE_JSON, value, w->out);
	buf_putc(w->out, '"');
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
