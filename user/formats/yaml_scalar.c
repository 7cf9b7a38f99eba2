// SPDX-License-Identifier: MIT
#include "yaml_scalar.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "../base/utf8.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* Words that some version of YAML takes for something else. */
static bool is_taken(const char *text)
{
	static const char *const words[] = { "y",     "n",  "yes", "no",  "true",
					     "false", "on", "off", "null" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	return false;
}

/* A first letter also means that it is no number and no date. */
static bool is_plain(const char *text)
{
	size_t n = strspn(text, LETTERS "0123456789 _./();+-");

	if (text[n] != '\0' || n == 0 || !strchr(LETTERS "/", text[0]))
		return false;
	return text[n - 1] != ' ' && !is_taken(text);
}

static void put_code(uint32_t c, struct buf *out)
{
	if (c == '\n')
		buf_puts(out, "\\n");
	else if (c == '\t')
		buf_puts(out, "\\t");
	else if (c < 0x100)
		buf_printf(out, "\\x%02X", c);
	else if (c < 0x10000)
		buf_printf(out, "\\u%04X", c);
	else
		buf_printf(out, "\\U%08X", c);
}

/* U+FFFE and U+FFFF are no characters of a YAML file. */
static bool is_raw(const char *text, uint32_t c)
{
	return utf8_printable(text) && c != 0xfffe && c != 0xffff;
}

static void put_quoted(const char *text, struct buf *out)
{
	uint32_t c;
	size_t n;

	buf_putc(out, '"');
	for (; *text; text += n ? n : 1) {
		n = utf8_decode(text, &c);
		if (n == 0)
			buf_puts(out, "\\uFFFD");
		else if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", (int)c);
		else if (is_raw(text, c))
			buf_add(out, text, n);
		else
			put_code(c, out);
	}
	buf_putc(out, '"');
}

void yaml_scalar(const char *text, struct buf *out)
{
	if (is_plain(text))
		buf_puts(out, text);
	else
		put_quoted(text, out);
}
