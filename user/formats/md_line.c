// SPDX-License-Identifier: MIT
#include "md_line.h"

#include <string.h>

#define INDENT_MAX 3

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t indent(const struct text_line *line)
{
	size_t n = 0;

	while (n < line->len && line->text[n] == ' ')
		n++;
	return n;
}

/* How many of a character stand at a place. */
static size_t run(const struct text_line *line, size_t at, char c)
{
	size_t n = 0;

	while (at + n < line->len && line->text[at + n] == c)
		n++;
	return n;
}

static bool blank_from(const struct text_line *line, size_t at)
{
	for (; at < line->len; at++)
		if (!is_blank(line->text[at]))
			return false;
	return true;
}

bool md_is_blank(const struct text_line *line)
{
	return blank_from(line, 0);
}

bool md_starts(const struct text_line *line, const char *with)
{
	size_t at = indent(line), n = strlen(with);

	return at <= INDENT_MAX && line->len - at >= n && memcmp(line->text + at, with, n) == 0;
}

bool md_is(const struct text_line *line, const char *text)
{
	size_t n = strlen(text);

	return line->len >= n && memcmp(line->text, text, n) == 0 && blank_from(line, n);
}

bool md_contains(const struct text_line *line, const char *text)
{
	return memmem(line->text, line->len, text, strlen(text)) != NULL;
}

void md_heading_text(const char *text, size_t len, char ret_text[MD_HEADING_MAX])
{
	bool gap = false;
	size_t n = 0;

	for (size_t i = 0; i < len && n + 2 < MD_HEADING_MAX; i++) {
		char c = text[i];

		if (is_blank(c)) {
			gap = true;
			continue;
		}
		if (strchr("*_`", c))
			continue;
		if (gap && n)
			ret_text[n++] = ' ';
		gap = false;
		ret_text[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	ret_text[n] = '\0';
}

unsigned int md_heading(const struct text_line *line, char ret_text[MD_HEADING_MAX])
{
	size_t at = indent(line), level = run(line, at, '#'), end = line->len;

	if (at > INDENT_MAX || level == 0 || level > MD_LEVELS)
		return 0;
	at += level;
	if (at < end && !is_blank(line->text[at]))
		return 0;
	while (end > at && is_blank(line->text[end - 1]))
		end--;
	while (end > at && line->text[end - 1] == '#')
		end--;
	md_heading_text(line->text + at, end - at, ret_text);
	return (unsigned int)level;
}

unsigned int md_underline(const struct text_line *line)
{
	size_t at = indent(line), n;

	if (at > INDENT_MAX || at == line->len)
		return 0;
	n = run(line, at, line->text[at]);
	if (!blank_from(line, at + n))
		return 0;
	if (line->text[at] == '=')
		return 1;
	return line->text[at] == '-' ? 2 : 0;
}

/* The end of ":---:" that starts at a place, with the blanks around it; the place itself: none. */
static size_t dashes(const struct text_line *line, size_t at)
{
	size_t start = at, n;

	while (at < line->len && is_blank(line->text[at]))
		at++;
	at += run(line, at, ':') == 1;
	n = run(line, at, '-');
	if (n == 0)
		return start;
	at += n;
	at += run(line, at, ':') == 1;
	while (at < line->len && is_blank(line->text[at]))
		at++;
	return at;
}

size_t md_delimiter(const struct text_line *line)
{
	size_t cells = 0, pipes = 0, at = 0, end;

	while (at < line->len && is_blank(line->text[at]))
		at++;
	if (run(line, at, '|') == 1)
		pipes++, at++;
	for (; !blank_from(line, at); cells++) {
		end = dashes(line, at);
		if (end == at)
			return 0;
		at = end;
		if (at == line->len)
			continue;
		if (line->text[at++] != '|')
			return 0;
		pipes++;
	}
	return pipes ? cells : 0;
}

bool md_fence_starts(const struct text_line *line, struct md_fence *ret_fence)
{
	size_t at = indent(line), n;
	char c;

	if (at > INDENT_MAX || at == line->len)
		return false;
	c = line->text[at];
	n = run(line, at, c);
	if ((c != '`' && c != '~') || n < 3)
		return false;
	/* with another one in the line it is code within a paragraph */
	if (c == '`' && memchr(line->text + at + n, c, line->len - at - n))
		return false;
	*ret_fence = (struct md_fence) { .mark = c, .len = n };
	return true;
}

bool md_fence_ends(const struct text_line *line, const struct md_fence *fence)
{
	size_t at = indent(line), n = run(line, at, fence->mark);

	return at <= INDENT_MAX && n >= fence->len && blank_from(line, at + n);
}
