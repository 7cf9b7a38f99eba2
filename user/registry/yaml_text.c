// SPDX-License-Identifier: MIT
#include "yaml_text.h"

#include <string.h>

#include "../base/utf8.h"
#include "registry.h"

/* The bytes of the line end at s; 0 where no line ends. There are len bytes at s. */
static size_t line_end(const char *s, size_t len)
{
	if (*s == '\n')
		return 1;
	if (*s == '\r')
		return len == 1 || s[1] != '\n';
	if (len >= 2 && memcmp(s, "\xc2\x85", 2) == 0)
		return 2;
	return len >= 3 && memcmp(s, "\xe2\x80", 2) == 0 && (s[2] == '\xa8' || s[2] == '\xa9') ? 3 :
												 0;
}

void yaml_text_pass(const char *text, size_t len, unsigned int *line, unsigned int *column)
{
	size_t end;

	for (size_t i = 0; i < len; i += end ? end : 1) {
		end = line_end(text + i, len - i);
		if (end) {
			(*line)++;
			*column = 0;
		} else {
			*column += ((unsigned char)text[i] & 0xc0) != 0x80;
		}
	}
}

static bool starts_document(const char *s, size_t len)
{
	if (len < 3 || memcmp(s, "---", 3) != 0)
		return false;
	return len == 3 || memchr(" \t\r", s[3], 3) || line_end(s + 3, len - 3);
}

size_t yaml_text_document(const char *text, size_t len, size_t line, size_t column)
{
	size_t now = 0, end;

	for (size_t i = 0; i < len; i += end ? end : 1) {
		end = line_end(text + i, len - i);
		now += end > 0;
		if (end && now >= line + (column > 0) &&
		    starts_document(text + i + end, len - i - end))
			return i + end;
	}
	return len;
}

/* What is wrong with the character of n bytes at s; NULL: nothing. */
static const char *fault_at(const char *s, size_t n)
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
static size_t plain_characters(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && utf8_plain(s[n]))
		n++;
	return n;
}

const char *yaml_text_fault(struct yaml_text_at *at, const char *text, size_t len)
{
	const char *why;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = at->column ? plain_characters(text + i, len - i) : 0;
		at->column += (unsigned int)n;
		if (n)
			continue;
		n = utf8_valid_within(text + i, len - i);
		why = fault_at(text + i, n);
		if (!why && text[i] == '%' && at->column == 0 && ++at->percents > at->directives)
			why = at->directives ? "too many directives" :
					       "a directive has no place here";
		if (why)
			return why;
		at->column++;
		if (line_end(text + i, len - i)) {
			at->line++;
			at->column = 0;
		}
	}
	return NULL;
}

bool yaml_text_check(const char *file, const char *text, size_t len, size_t directives,
		     struct diags *diags)
{
	struct yaml_text_at at = { .directives = directives };
	const char *why;

	if (len > REGISTRY_FILE_MAX) {
		diags_add(diags, file, 0, 0, "larger than %lu bytes", REGISTRY_FILE_MAX);
		return false;
	}
	why = yaml_text_fault(&at, text, len);
	if (why)
		diags_add(diags, file, at.line + 1, at.column + 1, "%s", why);
	return !why;
}
