// SPDX-License-Identifier: MIT
#include "utf8.h"

#include <stdint.h>
#include <string.h>

size_t utf8_decode(const char *s, uint32_t *ret_char)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	uint32_t c;
	size_t n, i;

	if (u[0] == 0)
		return 0;
	if (u[0] < 0x80) {
		*ret_char = u[0];
		return 1;
	}
	if (u[0] >= 0xc2 && u[0] < 0xe0)
		n = 2, c = u[0] & 0x1f;
	else if (u[0] >= 0xe0 && u[0] < 0xf0)
		n = 3, c = u[0] & 0x0f;
	else if (u[0] >= 0xf0 && u[0] < 0xf5)
		n = 4, c = u[0] & 0x07;
	else
		return 0;
	for (i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret_char = c;
	return n;
}

size_t utf8_valid(const char *s)
{
	uint32_t c;

	return utf8_decode(s, &c);
}

static bool obeyed(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x61c ||
	       c == 0xfeff;
}

size_t utf8_printable(const char *s)
{
	uint32_t c;
	size_t n = utf8_decode(s, &c);

	return n && !obeyed(c) ? n : 0;
}

size_t utf8_valid_within(const char *s, size_t len)
{
	char padded[5] = { 0 };

	if (len >= 4)
		return utf8_valid(s);
	memcpy(padded, s, len);
	return utf8_valid(padded);
}

size_t utf8_length(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}
