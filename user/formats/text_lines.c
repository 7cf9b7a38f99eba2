// SPDX-License-Identifier: MIT
#include "text_lines.h"

#include <string.h>

#include "../base/utf8.h"
#include "../registry/registry.h"

#define MARK "\xef\xbb\xbf"

/* The character at s, within len bytes, which need not be terminated: zero bytes fill it up. */
struct character {
	char bytes[5];
};

static struct character character_at(const char *s, size_t len)
{
	struct character c = { { 0 } };

	memcpy(c.bytes, s, len < 4 ? len : 4);
	return c;
}

/* What is wrong with the character at s; NULL: nothing. */
static const char *fault_at(const char *s, size_t left, const struct character *c)
{
	if (*s == '\0')
		return "a zero byte is not text";
	if (utf8_valid(c->bytes) == 0)
		return "not valid UTF-8";
	if (*s == '\r' && (left < 2 || s[1] != '\n'))
		return "a carriage return that ends no line";
	if (!strchr("\t\n\r", *s) && utf8_printable(c->bytes) == 0)
		return "a character that is obeyed rather than shown";
	return NULL;
}

bool text_check(const char *file, const char *text, size_t len, struct diags *diags)
{
	unsigned int line = 1, column = 1;
	struct character c;
	const char *why;
	size_t n;

	if (len > REGISTRY_FILE_MAX) {
		diags_add(diags, file, 0, 0, "larger than %lu bytes", REGISTRY_FILE_MAX);
		return false;
	}
	for (size_t i = text_mark(text, len); i < len; i += n) {
		c = character_at(text + i, len - i);
		why = fault_at(text + i, len - i, &c);
		if (why) {
			diags_add(diags, file, line, column, "%s", why);
			return false;
		}
		n = utf8_valid(c.bytes);
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return true;
}

size_t text_mark(const char *text, size_t len)
{
	size_t n = strlen(MARK);

	return len >= n && memcmp(text, MARK, n) == 0 ? n : 0;
}

struct text_lines text_lines_of(const char *text, size_t len)
{
	size_t mark = text_mark(text, len);

	return (struct text_lines) { .at = text + mark, .left = len - mark };
}

bool text_lines_next(struct text_lines *lines, struct text_line *ret_line)
{
	const char *end;
	size_t n;

	if (lines->left == 0)
		return false;
	end = memchr(lines->at, '\n', lines->left);
	n = end ? (size_t)(end - lines->at) : lines->left;
	*ret_line = (struct text_line) {
		.text = lines->at,
		.len = n && end && lines->at[n - 1] == '\r' ? n - 1 : n,
		.number = ++lines->number,
	};
	n += end != NULL;
	lines->at += n;
	lines->left -= n;
	return true;
}
