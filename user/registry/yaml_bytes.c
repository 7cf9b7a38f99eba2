// SPDX-License-Identifier: MIT
#include "yaml_bytes.h"

#include <string.h>

#include "../base/utf8.h"
#include "registry.h"
#include "yaml_lines.h"

/* As utf8_valid(), within the len bytes at s, which need not be terminated. */
static size_t character(const char *s, size_t len)
{
	char padded[5] = { 0 };

	if (len >= 4)
		return utf8_valid(s);
	memcpy(padded, s, len);
	return utf8_valid(padded);
}

/* What is wrong with the character of n bytes at s; NULL: nothing. */
static const char *fault(const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s;

	if (c == '\0')
		return "a zero byte is not text";
	if (n == 0)
		return "not valid UTF-8";
	if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
		return "a control character; in quotes it can be written as an escape";
	if (c == 0xc2 && (unsigned char)s[1] < 0xa0 && (unsigned char)s[1] != 0x85)
		return "a control character; in quotes it can be written as an escape";
	return NULL;
}

/* How many characters follow that nothing can be wrong with, within a line. */
static size_t plain(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && utf8_plain(s[n]))
		n++;
	return n;
}

bool yaml_bytes_check(const char *file, const char *text, size_t len, size_t directives,
		      struct diags *diags)
{
	unsigned int line = 1, column = 1;
	size_t n, percents = 0;
	const char *why;

	if (len > REGISTRY_FILE_MAX) {
		diags_add(diags, file, 0, 0, "larger than %lu bytes", REGISTRY_FILE_MAX);
		return false;
	}
	for (size_t i = 0; i < len; i += n) {
		n = column > 1 ? plain(text + i, len - i) : 0;
		column += (unsigned int)n;
		if (n)
			continue;
		n = character(text + i, len - i);
		why = fault(text + i, n);
		if (!why && text[i] == '%' && column == 1 && ++percents > directives)
			why = directives ? "too many directives" : "a directive has no place here";
		if (why) {
			diags_add(diags, file, line, column, "%s", why);
			return false;
		}
		column++;
		if (yaml_lines_end(text + i, len - i)) {
			line++;
			column = 1;
		}
	}
	return true;
}
