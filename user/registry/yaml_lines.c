// SPDX-License-Identifier: MIT
#include "yaml_lines.h"

#include <stdbool.h>
#include <string.h>

size_t yaml_lines_end(const char *s, size_t len)
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

void yaml_lines_pass(const char *text, size_t len, unsigned int *line, unsigned int *column)
{
	size_t end;

	for (size_t i = 0; i < len; i += end ? end : 1) {
		end = yaml_lines_end(text + i, len - i);
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
	return len == 3 || memchr(" \t\r", s[3], 3) || yaml_lines_end(s + 3, len - 3);
}

size_t yaml_lines_document(const char *text, size_t len, size_t line, size_t column)
{
	size_t now = 0, end;

	for (size_t i = 0; i < len; i += end ? end : 1) {
		end = yaml_lines_end(text + i, len - i);
		now += end > 0;
		if (end && now >= line + (column > 0) &&
		    starts_document(text + i + end, len - i - end))
			return i + end;
	}
	return len;
}
