// SPDX-License-Identifier: MIT
#include "xml_text.h"

#include <stdbool.h>
#include <string.h>

#include "../base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* Char of XML 1.0; what utf8_decode() never returns is not asked for. */
static bool allowed(uint32_t c)
{
	return c >= 0x20 ? c != 0xfffe && c != 0xffff : c == '\t' || c == '\n' || c == '\r';
}

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
	default:
		return NULL;
	}
}

void xml_text(const char *text, struct buf *out)
{
	uint32_t c;
	size_t n;

	for (; *text; text += n) {
		n = utf8_decode(text, &c);
		if (n == 0 || !allowed(c))
			buf_puts(out, REPLACEMENT);
		else if (n == 1 && entity(*text))
			buf_puts(out, entity(*text));
		else if (utf8_printable(text))
			buf_add(out, text, n);
		else
			buf_printf(out, "&#x%x;", c);
		if (n == 0)
			n = 1;
	}
}
