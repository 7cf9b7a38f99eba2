// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/base/buf.h"
#include "../../user/registry/yaml_json.h"

/* What stands in memory behind a text is not read. */
static const char *const behind[] = { "", " ", "{\"", "[]", "\"}", "}{}", "\"" };

static void test_is(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} texts[] = {
		{ "{\"a\":1}", true }, { " \t\r\n{ \"a\"", true },
		{ "{}", true },	       { "{ \n}", true },
		{ "[]", true },	       { "[ ]", true },
		{ "[{}]", true },      { "[[1]]", true },
		{ "[\"a\"]", true },   { "", false },
		{ "  ", false },       { "{", false },
		{ "[ ", false },       { "{{ x }}", false },
		{ "{a: 1}", false },   { "{[", false },
		{ "{]", false },       { "[}", false },
		{ "[x]", false },      { "[1]", false },
		{ "a: {}", false },    { "\"a\"", false },
		{ "}\"", false },      { "\v{}", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		for (size_t k = 0; k < ARRAY_LEN(behind); k++) {
			_cleanup_buf_ struct buf text = { 0 };

			buf_printf(&text, "%s%s", texts[i].text, behind[k]);
			check_int(texts[i].text,
				  yaml_json_is(text.data ? text.data : "", strlen(texts[i].text)),
				  texts[i].is);
		}
}

/* The first value ends at the |; all is taken where there is none. */
static void test_value(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"{}",
		"[]",
		"{}|{}",
		"[]|[]",
		"{}|[",
		" {}| {}",
		"{}| \t\r\n[]",
		"{} \n",
		"{}x{}",
		"{}---{}",
		"{\"a\":{\"b\":[1,{}]}}|{}",
		"[[],[[]]]|{}",
		"{\"}\":\"{\"}|{}",
		"{\"a\\\"}\":1}|{}",
		"{\"a\\\\\"}|{}",
		"{\"a\":1{}",
		"{\"a",
		"{\"a\\",
		"}{}",
		"]{}",
		"x{}{}",
		"1 {}{}",
		"{]|{}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *end = strchr(texts[i], '|');
		size_t first = end ? (size_t)(end - texts[i]) : strlen(texts[i]);

		for (size_t k = 0; k < ARRAY_LEN(behind); k++) {
			_cleanup_buf_ struct buf text = { 0 };
			size_t len;

			buf_printf(&text, "%.*s%s", (int)first, texts[i], end ? end + 1 : "");
			len = text.len;
			buf_puts(&text, behind[k]);
			check_u64(texts[i], yaml_json_value(text.data ? text.data : "", len),
				  first);
		}
	}
}

static void test_copy(void **state)
{
	static const struct {
		const char *text, *want;
		bool parted;
	} cases[] = {
		{ "\"\\ud800\"", "\"\\ue000\"", true },
		{ "\"\\udbff\\uDFFF\"", "\"\\ue3ff\\ue7FF\"", true },
		{ "\\uD9ab", "\\ue1ab", true },
		{ "\\uDAcd\\udcEF", "\\ue2cd\\ue4EF", true },
		{ "\\ud7ff\\ue000\\uc800", "\\ud7ff\\ue000\\uc800", false },
		{ "\\\\ud800", "\\\\ud800", false },
		{ "\\\\\\ud800", "\\\\\\ue000", true },
		{ "\\Ud800 ud800 \\n", "\\Ud800 ud800 \\n", false },
		{ "\\ud80", "\\ud80", false }, /* cut */
		{ "\\ud", "\\ud", false },
		{ "\\", "\\", false },
		{ "x", "x", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].text);
		bool parted = !cases[i].parted;
		_cleanup_free_ char *copy = yaml_json_copy(cases[i].text, len, &parted);

		assert_non_null(copy);
		check_int(cases[i].text, memcmp(copy, cases[i].want, len), 0);
		check_int(cases[i].text, parted, cases[i].parted);
	}
}

static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static void check_pair(uint32_t c)
{
	char text[8], want[8], name[16];
	size_t len = put_utf8(text, 0xe000 + ((c - 0x10000) >> 10));

	(void)snprintf(name, sizeof(name), "U+%X", c);
	len += put_utf8(text + len, 0xe400 + (c & 0x3ff));
	check_u64(name, yaml_json_join(text, len), put_utf8(want, c));
	check_int(name, memcmp(text, want, 4), 0);
}

/* Each character beyond U+FFFF is a pair, and is put together again. */
static void test_pairs(void **state)
{
	(void)state;
	for (uint32_t c = 0x10000; c <= 0x10ffff; c += 251)
		check_pair(c);
	check_pair(0x10ffff);
	check_pair(0x103ff);
	check_pair(0x10400);
}

/* Parted surrogates as UTF-8: h is a high one, l a low one, and the first and last of each. */
#define HIGH	   "\xee\x80\x80"
#define LAST_HIGH  "\xee\x8f\xbf"
#define FIRST_LOW  "\xee\x90\x80"
#define LOW	   "\xee\x9f\xbf"
#define LOST	   "\xef\xbf\xbd"
#define FIRST_LAST "\xf0\x90\x8f\xbf"	      /* HIGH LOW */
#define LAST_FIRST "\xf4\x8f\xb0\x80"	      /* LAST_HIGH FIRST_LOW */
#define BESIDE	   "\xee\xa0\x80\xed\x9f\xbf" /* U+E800, U+D7FF */

static void test_join(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ "nothing", "", "" },
		{ "no surrogates", "a\xc3\xa9" BESIDE, "a\xc3\xa9" BESIDE },
		{ "a pair", HIGH LOW, FIRST_LAST },
		{ "the last and the first", LAST_HIGH FIRST_LOW, LAST_FIRST },
		{ "two pairs between letters", "x" HIGH LOW LAST_HIGH FIRST_LOW "y",
		  "x" FIRST_LAST LAST_FIRST "y" },
		{ "a high one", HIGH, LOST },
		{ "a low one", LOW, LOST },
		{ "apart", HIGH "-" LOW, LOST "-" LOST },
		{ "the wrong way", LOW HIGH, LOST LOST },
		{ "two high ones and a low one", HIGH HIGH LOW, LOST FIRST_LAST },
		{ "a pair and a low one", HIGH LOW LOW, FIRST_LAST LOST },
		{ "a high one and another character", LAST_HIGH BESIDE, LOST BESIDE },
		{ "cut", "\xee\x80", "\xee\x80" },
		{ "a pair, cut", HIGH "\xee\x90", LOST "\xee\x90" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_free_ char *text = strdup(cases[i].text);
		size_t len;

		assert_non_null(text);
		len = yaml_json_join(text, strlen(text));
		check_u64(cases[i].name, len, strlen(cases[i].want));
		check_int(cases[i].name, memcmp(text, cases[i].want, len), 0);
	}
}

/* A value that comes in two pieces ends at the |, and its surrogates are parted. */
static void test_pass(void **state)
{
	static const struct {
		const char *text, *want; /* the text up to its end */
		bool ended, parted;
	} values[] = {
		{ "{}", "{}", true, false },
		{ " [ ] {}", " [ ]", true, false },
		{ "{\"a\":{\"b\":[1,{}]}}{}", "{\"a\":{\"b\":[1,{}]}}", true, false },
		{ "{\"}\\\"}\": 1}]", "{\"}\\\"}\": 1}", true, false },
		{ "{\"a\": [", "{\"a\": [", false, false },
		{ "x }", "x }", false, false },
		{ "[\"\\ud83d\\\\ude00\"]", "[\"\\ue03d\\\\ude00\"]", true, true },
		{ "[\"\\ud8", "[\"\\ud8", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		size_t len = strlen(values[i].text);

		for (size_t cut = 0; cut <= len; cut++) {
			_cleanup_buf_ struct buf text = { 0 };
			struct yaml_json_value value = { 0 };
			size_t n;

			buf_puts(&text, values[i].text);
			n = yaml_json_pass(&value, text.data, cut, len);
			if (!value.ended)
				n += yaml_json_pass(&value, text.data + n, len - n, len - n);
			text.data[n] = '\0';
			check_text(values[i].text, text.data, values[i].want);
			check_int(values[i].text, value.ended, values[i].ended);
			check_int(values[i].text, value.parted, values[i].parted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is),    cmocka_unit_test(test_value),
		cmocka_unit_test(test_pass),  cmocka_unit_test(test_copy),
		cmocka_unit_test(test_pairs), cmocka_unit_test(test_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
