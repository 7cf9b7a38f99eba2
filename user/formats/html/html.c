// SPDX-License-Identifier: MIT
#include "html.h"

#include <inttypes.h>
#include <string.h>

#include "../../base/utf8.h"

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
	case '\r':
	case '\t':
		return " ";
	default:
		return NULL;
	}
}

/* Append what stands for the character at s; the bytes that it has. */
static size_t put_special(struct buf *out, const char *s)
{
	const char *as = entity(*s);
	uint32_t c = 0;
	size_t n = utf8_decode(s, &c);

	if (as)
		buf_puts(out, as);
	else if (n == 0)
		buf_puts(out, "\xef\xbf\xbd");
	else
		buf_printf(out, "\xe2\x9f\xa8U+%04" PRIX32 "\xe2\x9f\xa9", c);
	return n ? n : 1;
}

void html_text(struct buf *out, const char *text)
{
	const char *s = text, *plain = text;

	if (!text)
		return;
	while (*s) {
		size_t n = utf8_printable(s);

		if (n && !entity(*s)) {
			s += n;
			continue;
		}
		buf_add(out, plain, (size_t)(s - plain));
		s += put_special(out, s);
		plain = s;
	}
	buf_add(out, plain, (size_t)(s - plain));
}

/* How many bytes of json, from at on, need an escape: it is appended; 0 if none do. */
static size_t put_escape(struct buf *out, const char *json, size_t at, size_t len)
{
	char c = json[at];

	if (c == '<' || c == '>' || c == '&') {
		buf_printf(out, "\\u%04x", c);
		return 1;
	}
	if (len - at < 3 || memcmp(json + at, "\xe2\x80", 2) != 0)
		return 0;
	if (json[at + 2] != '\xa8' && json[at + 2] != '\xa9')
		return 0;
	buf_puts(out, json[at + 2] == '\xa8' ? "\\u2028" : "\\u2029");
	return 3;
}

void html_json(struct buf *out, const char *json, size_t len)
{
	size_t plain = 0, at = 0;

	while (at < len) {
		size_t n;

		if (json[at] != '<' && json[at] != '>' && json[at] != '&' && json[at] != '\xe2') {
			at++;
			continue;
		}
		buf_add(out, json + plain, at - plain);
		plain = at;
		n = put_escape(out, json, at, len);
		plain += n;
		at += n ? n : 1;
	}
	buf_add(out, json + plain, len - plain);
}
