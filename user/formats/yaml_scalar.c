// SPDX-License-Identifier: MIT
#include "yaml_scalar.h"

#include <string.h>
#include <strings.h>

#include "../base/escape.h"

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

void yaml_scalar(const char *text, struct buf *out)
{
	if (is_plain(text)) {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '"');
	escape_put(ESCAPE_YAML, text, out);
	buf_putc(out, '"');
}
