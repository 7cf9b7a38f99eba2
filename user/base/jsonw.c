// SPDX-License-Identifier: MIT
#include "jsonw.h"

#include "escape.h"

static void closes(struct jsonw *w, char c)
{
	buf_putc(w->out, c);
	w->comma = true;
}

void jsonw_object_end(struct jsonw *w)
{
	closes(w, '}');
}

void jsonw_array_end(struct jsonw *w)
{
	closes(w, ']');
}

static void put_quoted(struct jsonw *w, const char *value, size_t n)
{
	char *to = buf_extend(w->out, n + 2);

	if (!to)
		return;
	to[0] = to[n + 1] = '"';
	memcpy(to + 1, value, n);
}

void jsonw_put_plain(struct jsonw *w, const char *value)
{
	put_quoted(w, value, strlen(value));
}

void jsonw_put_string(struct jsonw *w, const char *value)
{
	size_t n = escape_plain(value);

	if (!value[n]) { /* most strings */
		put_quoted(w, value, n);
		return;
	}
	buf_putc(w->out, '"');
	escape_put(ESCAPE_JSON, value, w->out);
	buf_putc(w->out, '"');
}
