// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdbool.h>
#include <stdio.h>

#include "../../user/base/utf8.h"

/* The UTF-8 of a code point, valid or not, in the shortest form. */
static size_t encode(uint32_t c, char *ret)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	ret[n] = '\0';
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		ret[i] = (char)(0x80 | (c & 0x3f));
	ret[0] = (char)(first[n] | c);
	return n;
}

static bool shown(uint32_t c)
{
	static const uint32_t hidden[][2] = {
		{ 0, 0x1f },	    { 0x7f, 0x9f },	{ 0x61c, 0x61c },   { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i][0] && c <= hidden[i][1])
			return false;
	return true;
}

static void test_every_character(void **state)
{
	char name[16], text[5];

	(void)state;
	for (uint32_t c = 1; c < 0x1fffff; c++) {
		bool valid = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
		size_t n = encode(c, text), want = valid ? n : 0;

		if (utf8_valid(text) == want && utf8_printable(text) == (shown(c) ? want : 0))
			continue;
		(void)snprintf(name, sizeof(name), "U+%04X", c);
		check_u64(name, utf8_valid(text), want);
		check_u64(name, utf8_printable(text), shown(c) ? want : 0);
	}
}

/* Of all bytes, those of printable ASCII. */
static void test_plain(void **state)
{
	(void)state;
	for (int c = -128; c < 256; c++)
		check_int("plain", utf8_plain((char)c), (char)c >= 0x20 && (char)c <= 0x7e);
}

static void test_invalid(void **state)
{
	static const char *const texts[] = {
		"",
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xfe",
		"\xff",
		"\xc3",
		"\xc3(",
		"\xe2\x82",
		"\xe2(\xa1",
		"\xf0\x9f\x90",
		"\xf0\x9f(\xa7",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "text %zu", i);
		check_u64(name, utf8_valid(texts[i]), 0);
		check_u64(name, utf8_printable(texts[i]), 0);
	}
}

/* Only the first character is looked at. */
static void test_first_only(void **state)
{
	(void)state;
	check_u64("ascii", utf8_valid("a\xff"), 1);
	check_u64("two bytes", utf8_valid("\xc3\xbc\xff"), 2);
}

static void test_length(void **state)
{
	(void)state;
	check_u64("three", utf8_length("a\xc3\xa4\xf0\x9f\x98\x80", 7), 3);
	check_u64("none", utf8_length("", 0), 0);
}

/* The text goes on behind what is looked at, or is not terminated. */
static void test_within(void **state)
{
	(void)state;
	check_u64("whole", utf8_valid_within("\xf0\x9f\x98\x80", 4), 4);
	check_u64("cut", utf8_valid_within("\xf0\x9f\x98\x80", 3), 0);
	check_u64("two of many", utf8_valid_within("\xc3\xa4\xc3\xa4\xc3", 5), 2);
	check_u64("one of two", utf8_valid_within("\xc3\xa4", 1), 0);
	check_u64("nothing", utf8_valid_within("a", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_character), cmocka_unit_test(test_plain),
		cmocka_unit_test(test_invalid),		cmocka_unit_test(test_first_only),
		cmocka_unit_test(test_length),		cmocka_unit_test(test_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
