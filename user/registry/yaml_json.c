// SPDX-License-Identifier: MIT
#include "yaml_json.h"

#include <stdlib.h>
#include <string.h>

bool yaml_json_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && yaml_json_blank(text[i]))
		i++;
	return i;
}

/* Is it `{` or `[` and what may stand behind it in JSON? `{{` and `[x` are something else. */
bool yaml_json_is(const char *text, size_t len)
{
	size_t i = skip_blanks(text, len), next;

	if (i == len || (text[i] != '{' && text[i] != '['))
		return false;
	next = i + 1 + skip_blanks(text + i + 1, len - i - 1);
	if (next == len)
		return false;
	if (text[i] == '{')
		return text[next] == '"' || text[next] == '}';
	return text[next] == '{' || text[next] == '"' || text[next] == ']' || text[next] == '[';
}

/* Where the value that starts the text ends; len where it does not. */
static size_t value_end(const char *text, size_t len)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = skip_blanks(text, len); i < len; i++) {
		char c = text[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (depth <= 1)
				return depth ? i + 1 : len;
			depth--;
		} else if (depth == 0) {
			return len; /* something else than an object or an array */
		}
	}
	return len;
}

size_t yaml_json_value(const char *text, size_t len)
{
	size_t end = value_end(text, len);
	size_t next = end + skip_blanks(text + end, len - end);

	return next < len && (text[next] == '{' || text[next] == '[') ? end : len;
}

/* The surrogate's digits after `\uD` become those of the private use area. */
static bool split_surrogate(char *escape)
{
	static const char digits[] = "89abcdef";
	const char *at;

	if (escape[1] != 'u' || (escape[2] | 0x20) != 'd' || !escape[3])
		return false;
	at = strchr(digits, escape[3] >= 'A' ? escape[3] | 0x20 : escape[3]);
	if (!at)
		return false;
	escape[2] = 'e';
	escape[3] = (char)('0' + (at - digits));
	return true;
}

static bool split_surrogates(char *text, size_t len)
{
	bool any = false;

	for (size_t i = 0; i + 5 < len; i++) {
		if (text[i] != '\\')
			continue;
		any |= split_surrogate(text + i);
		i++; /* what is escaped is no backslash that escapes */
	}
	return any;
}

char *yaml_json_copy(const char *text, size_t len, bool *ret_parted)
{
	char *copy = malloc(len);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	*ret_parted = split_surrogates(copy, len);
	return copy;
}

size_t yaml_json_pass(struct yaml_json_value *v, char *text, size_t len, size_t there)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (v->escaped) {
			v->escaped = false;
		} else if (v->quoted && c == '\\') {
			v->escaped = true;
			if (i + 5 < there)
				v->parted |= split_surrogate(text + i);
		} else if (c == '"') {
			v->quoted = !v->quoted;
		} else if (!v->quoted && (c == '{' || c == '[')) {
			v->depth++;
		} else if (!v->quoted && (c == '}' || c == ']') && v->depth && --v->depth == 0) {
			v->ended = true;
			return i + 1;
		}
	}
	return len;
}

/* The parted surrogate at s, 0 to 0x7ff, or -1. In UTF-8, U+E000-E7FF are EE 80-9F 80-BF. */
static int split_at(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;

	if (len < 3 || u[0] != 0xee || u[1] < 0x80 || u[1] > 0x9f)
		return -1;
	return (u[1] & 0x1f) << 6 | (u[2] & 0x3f);
}

static size_t put_character(char *out, uint32_t c)
{
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t yaml_json_join(char *text, size_t len)
{
	size_t out = 0, i = 0;
	int high, low;

	while (i < len) {
		high = split_at(text + i, len - i);
		if (high < 0) {
			text[out++] = text[i++];
			continue;
		}
		low = split_at(text + i + 3, len - i > 3 ? len - i - 3 : 0);
		if (high < 0x400 && low >= 0x400) {
			out += put_character(text + out, 0x10000 + ((uint32_t)high << 10) +
								 ((uint32_t)low - 0x400));
			i += 6;
		} else {
			memcpy(text + out, "\xef\xbf\xbd", 3);
			out += 3;
			i += 3;
		}
	}
	return out;
}
