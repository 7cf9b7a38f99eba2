// SPDX-License-Identifier: MIT
/*
 * Any bytes as text: what is a character is compared with a decoder by the
 * table of RFC 3629; what buf_put_safe() makes of them is safe, has the
 * printable ones as they are, and any other byte as \xNN.
 */
#include "fuzz.h"

struct range {
	uint8_t first, last;
};

/* The well-formed sequences: a range for each byte. */
static const struct {
	size_t len;
	struct range bytes[4];
} forms[] = {
	{ 1, { { 0x01, 0x7f } } },
	{ 2, { { 0xc2, 0xdf }, { 0x80, 0xbf } } },
	{ 3, { { 0xe0, 0xe0 }, { 0xa0, 0xbf }, { 0x80, 0xbf } } },
	{ 3, { { 0xe1, 0xec }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 3, { { 0xed, 0xed }, { 0x80, 0x9f }, { 0x80, 0xbf } } },
	{ 3, { { 0xee, 0xef }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 4, { { 0xf0, 0xf0 }, { 0x90, 0xbf }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 4, { { 0xf1, 0xf3 }, { 0x80, 0xbf }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 4, { { 0xf4, 0xf4 }, { 0x80, 0x8f }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
};

static size_t reference(const unsigned char *s)
{
	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		size_t i = 0;

		while (i < forms[f].len && s[i] >= forms[f].bytes[i].first &&
		       s[i] <= forms[f].bytes[i].last)
			i++;
		if (i == forms[f].len)
			return i;
	}
	return 0;
}

/* What a person's terminal must not get: by their bytes. */
static bool obeyed(const char *s, size_t n)
{
	static const char *const controls[] = {
		"\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
		"\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c", "\ufeff",
	};

	if (n == 1)
		return (unsigned char)*s < 0x20 || *s == 0x7f;
	if (n == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(controls); i++)
		if (strncmp(s, controls[i], n) == 0)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	_cleanup_free_ char *text = feed_text(&feed, '\0');
	_cleanup_buf_ struct buf got = { 0 }, want = { 0 };
	size_t n;

	for (const char *s = text; *s; s += n) {
		n = reference((const unsigned char *)s);
		CHECK(utf8_valid(s) == n);
		CHECK(utf8_printable(s) == (n && !obeyed(s, n) ? n : 0));
		n = utf8_printable(s);
		if (n)
			buf_add(&want, s, n);
		else
			buf_printf(&want, "\\x%02x", (unsigned char)*s);
		n = n ? n : 1;
	}
	CHECK(utf8_valid("") == 0 && utf8_printable("") == 0);
	buf_put_safe(&got, text);
	check_safe(&got, false);
	CHECK(got.len == want.len && (!got.len || memcmp(got.data, want.data, got.len) == 0));
	return 0;
}
