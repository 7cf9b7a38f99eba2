// SPDX-License-Identifier: MIT
#include "placeholder.h"

#include <string.h>

#include "../../base/cleanup.h"

/* Marks that are no YAML, and those that scripts in it have as well. */
static const char *const strong[] = { "{{", "{%", "<%" };
static const char *const weak[] = { "${", "$(" };

static const char *find_mark(const char *s, size_t len, const char *const *marks, size_t n)
{
	const char *found = NULL;

	for (size_t i = 0; !found && i < n; i++)
		found = memmem(s, len, marks[i], 2);
	return found;
}

/* @NAME@ */
static const char *find_at(const char *s, size_t len)
{
	static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	const char *end = s + len, *at = s, *next;

	while ((at = memchr(at, '@', (size_t)(end - at)))) {
		for (next = at + 1; next < end && *next && strchr(word, *next);)
			next++;
		if (next < end && *next == '@' && next > at + 1)
			return at;
		at = next;
	}
	return NULL;
}

bool placeholder_in(const char *text)
{
	size_t len = strlen(text);

	return find_mark(text, len, strong, ARRAY_LEN(strong)) ||
	       find_mark(text, len, weak, ARRAY_LEN(weak)) || find_at(text, len);
}

/* One line after the other. */
struct lines {
	const char *next, *end;
	const char *text; /* of the line */
	size_t len;
	unsigned int number;
};

static bool next_line(struct lines *lines)
{
	const char *eol;

	if (lines->next >= lines->end)
		return false;
	eol = memchr(lines->next, '\n', (size_t)(lines->end - lines->next));
	lines->text = lines->next;
	lines->len = (size_t)((eol ? eol : lines->end) - lines->text);
	lines->next = eol ? eol + 1 : lines->end;
	lines->number++;
	return true;
}

static size_t blanks(const struct lines *lines)
{
	size_t n = 0;

	while (n < lines->len && (lines->text[n] == ' ' || lines->text[n] == '\t'))
		n++;
	return n;
}

static bool is_comment(const struct lines *lines)
{
	size_t n = blanks(lines);

	return n < lines->len && lines->text[n] == '#';
}

/* ${X} or $(X) as the only thing in the line. */
static const char *find_alone(const struct lines *lines)
{
	const char *at = lines->text + blanks(lines), *end = lines->text + lines->len;

	while (end > at && (end[-1] == '\r' || end[-1] == ' '))
		end--;
	if (end - at < 3 || at[0] != '$' || memchr(at, ' ', (size_t)(end - at)))
		return NULL;
	return (at[1] == '{' && end[-1] == '}') || (at[1] == '(' && end[-1] == ')') ? at : NULL;
}

static struct placeholder_place place(const struct lines *lines, const char *at)
{
	return (struct placeholder_place) {
		.line = lines->number,
		.column = (unsigned int)(at - lines->text) + 1,
	};
}

struct placeholder_place placeholder_first(const char *text, size_t len)
{
	struct lines lines = { .next = text, .end = text + len };
	const char *at;

	while (next_line(&lines)) {
		if (is_comment(&lines))
			continue;
		at = find_mark(lines.text, lines.len, strong, ARRAY_LEN(strong));
		if (!at)
			at = find_at(lines.text, lines.len);
		if (!at)
			at = find_alone(&lines);
		if (at)
			return place(&lines, at);
	}
	return (struct placeholder_place) { 0 };
}

struct placeholder_place placeholder_near(const char *text, size_t len, unsigned int line)
{
	struct lines lines = { .next = text, .end = text + len };
	const char *at;

	while (next_line(&lines) && lines.number <= line) {
		if (lines.number + 1 < line || is_comment(&lines))
			continue;
		at = find_mark(lines.text, lines.len, weak, ARRAY_LEN(weak));
		if (at)
			return place(&lines, at);
	}
	return (struct placeholder_place) { 0 };
}
