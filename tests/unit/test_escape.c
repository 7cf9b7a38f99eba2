// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/escape.h"

#define FFFD	 "\xef\xbf\xbd"
#define FFFE	 "\xef\xbf\xbe"
#define OVERRIDE "\xe2\x80\xae" /* U+202E */

struct escape_case {
	enum escape_format format;
	const char *text, *want;
};

static const struct escape_case cases[] = {
	{ ESCAPE_HTML, "", "" },
	{ ESCAPE_HTML, "plain", "plain" },
	{ ESCAPE_HTML, "<b a=\"1\" c='2'>&amp;",
	  "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;" },
	{ ESCAPE_HTML, "a\nb\tc\rd", "a b c d" },
	{ ESCAPE_HTML, "a\x1b[1mb", "a⟨U+001B⟩[1mb" },
	{ ESCAPE_HTML, "a\u202e<\u2028b", "a⟨U+202E⟩&lt;⟨U+2028⟩b" },
	{ ESCAPE_HTML, "é\xff\xc3<", "é��&lt;" },
	{ ESCAPE_HTML, "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7" },

	/* What needs no escape stays as it was, also at the end and within a character. */
	{ ESCAPE_SCRIPT, "{}", "{}" },
	{ ESCAPE_SCRIPT, "[\"</script>&\"]", "[\"\\u003c/script\\u003e\\u0026\"]" },
	{ ESCAPE_SCRIPT, "\"<!--\"", "\"\\u003c!--\"" },
	{ ESCAPE_SCRIPT, "\"\u2028\u2029\u2030\"", "\"\\u2028\\u2029\u2030\"" },
	{ ESCAPE_SCRIPT, "\xe2", "\xe2" },
	{ ESCAPE_SCRIPT, "\xe2\x80", "\xe2\x80" },
	{ ESCAPE_SCRIPT, "\xe2<", "\xe2\\u003c" },
	{ ESCAPE_SCRIPT, "€€<é", "€€\\u003cé" },
	{ ESCAPE_SCRIPT, "{\n}", "{\n}" },

	{ ESCAPE_XML, "a b/c.yaml", "a b/c.yaml" },
	{ ESCAPE_XML, "", "" },
	{ ESCAPE_XML, "<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;&amp;'" },
	{ ESCAPE_XML, "]]>", "]]&gt;" }, /* the end of CDATA */
	{ ESCAPE_XML, "&lt;", "&amp;lt;" },
	{ ESCAPE_XML, "a\tb\nc\rd", "a&#x9;b&#xa;c&#xd;d" },
	{ ESCAPE_XML, "a\x01\x08\x0b\x1b[31m\x1f", "a" FFFD FFFD FFFD FFFD "[31m" FFFD },
	{ ESCAPE_XML, "\x7f\xc2\x9b", "&#x7f;&#x9b;" },
	{ ESCAPE_XML, OVERRIDE, "&#x202e;" },
	{ ESCAPE_XML, FFFE "\xef\xbf\xbf", FFFD FFFD },
	{ ESCAPE_XML, "\xed\xa0\x80", FFFD FFFD FFFD }, /* a lone surrogate */
	{ ESCAPE_XML,
	  "\xff"
	  "a\xc3",
	  FFFD "a" FFFD },
	{ ESCAPE_XML, "\xc0\xaf", FFFD FFFD }, /* an overlong slash */
	{ ESCAPE_XML, "\xf0\x9f\x90\xb3", "\xf0\x9f\x90\xb3" },
	{ ESCAPE_XML, "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD }, /* beyond Unicode */

	{ ESCAPE_METRICS, "a \"b\" \\ 'c' <&>\nd", "a \\\"b\\\" \\\\ 'c' <&>\\nd" },
	{ ESCAPE_METRICS, "\t\x1b\x7f" OVERRIDE "é\xff", FFFD FFFD FFFD FFFD "é" FFFD },

	{ ESCAPE_TERMINAL, "a\x1b[1m\n\x7f\xc2\x9b", "a\\x1b[1m\\x0a\\x7f\\xc2\\x9b" },
	{ ESCAPE_TERMINAL, "é" OVERRIDE "\xff\"\\" FFFE, "é\\xe2\\x80\\xae\\xff\"\\" FFFE },
	{ ESCAPE_ASCII, "\"&'<>\\", "\"&'<>\\" }, /* what other formats treat specially */
	{ ESCAPE_ASCII, "a é\xff\t" FFFE, "a \\xc3\\xa9\\xff\\x09\\xef\\xbf\\xbe" },
	{ ESCAPE_JSON, "\"\\/\n\x7f\xc2\x9b" OVERRIDE "é\xff" FFFE,
	  "\\\"\\\\/\\u000a\\u007f\\u009b\\u202eé" FFFD FFFE },
	{ ESCAPE_JSON_LINE, "{\"a\":\"\\n\x1b\xff\"}", "{\"a\":\"\\n\\u001b" FFFD "\"}" },
	{ ESCAPE_YAML,
	  "\"\\\n\t\r\x07\x7f\xc2\x85" OVERRIDE FFFE "\xff"
	  "é",
	  "\\\"\\\\\\n\\t\\x0D\\x07\\x7F\\x85\\u202E\\uFFFE\\uFFFDé" },
	{ ESCAPE_CSV, "a\"b\n\tc\r" OVERRIDE "\xff\xffé", "a\"\"b\n\tc????é" },
	{ ESCAPE_MARKDOWN, "a\tb\n" OVERRIDE "c\xff|", "a\tb    c |" },
	{ ESCAPE_COMMENT, "a \\é\n" OVERRIDE "\xff\xff" FFFE, "a \\é?????" },
};

static void test_cases(void **state)
{
	_cleanup_buf_ struct buf none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		escape_put(cases[i].format, cases[i].text, &out);
		check_text(cases[i].text, out.data ? out.data : "", cases[i].want);
	}
	escape_put(ESCAPE_HTML, NULL, &none);
	check_u64("NULL is nothing", none.len, 0);
}

/* Printable ASCII but for what a format lists, and printable characters beyond, are kept. */
static void test_kept(void **state)
{
	static const char text[] = "abc XYZ 0189 !#$%()*+,-./:;=?@[]^_`{}~ é€🐧";

	(void)state;
	for (int format = 0; format < ESCAPE_FORMAT_MAX; format++) {
		_cleanup_buf_ struct buf out = { 0 };

		if (format == ESCAPE_ASCII)
			continue;
		check_int("whole",
			  escape_bytes((enum escape_format)format, text, strlen(text), &out), true);
		check_text("kept", out.data, text);
	}
}

static void test_whole(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	check_int("quoted", escape_bytes(ESCAPE_CSV, "a\"\n", 3, &out), true);
	check_int("not written", escape_bytes(ESCAPE_CSV, "a\x1b", 2, &out), false);
	check_int("a tab in a cell", escape_bytes(ESCAPE_MARKDOWN, "\t", 1, &out), true);
	check_int("a line end in a cell", escape_bytes(ESCAPE_MARKDOWN, "\n", 1, &out), false);
	check_int("an escape", escape_bytes(ESCAPE_JSON, "\n\"", 2, &out), true);
	check_int("no UTF-8", escape_bytes(ESCAPE_JSON, "\xff", 1, &out), false);
	check_int("and what is known", escape_bytes(ESCAPE_JSON, "\xff\n", 2, &out), false);
}

/* Zero bytes are control characters; a character that the length cuts is no character. */
static void test_bytes(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	(void)escape_bytes(ESCAPE_JSON_LINE, "a\0b", 3, &out);
	(void)escape_bytes(ESCAPE_TERMINAL, "\0é", 2, &out);
	(void)escape_bytes(ESCAPE_ASCII, "é", 1, &out);
	(void)escape_bytes(ESCAPE_ASCII, "xyz", 1, &out);
	check_text("bytes", out.data, "a\\u0000b\\x00\\xc3\\xc3x");
}

/* The plain characters are those of ASCII that all formats keep. */
static void test_plain(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char text[2] = { (char)c, '\0' };
		bool kept = c < 0x80;

		for (int format = 0; format < ESCAPE_FORMAT_MAX; format++) {
			_cleanup_buf_ struct buf b = { 0 };

			escape_put((enum escape_format)format, text, &b);
			kept &= strcmp(b.data, text) == 0;
		}
		check_int(text, (long long)escape_plain(text), kept);
	}
	check_int("none", (long long)escape_plain(""), 0);
	check_int("a part", (long long)escape_plain("ab\"c"), 2);
	check_int("all", (long long)escape_plain("/a b.c"), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases), cmocka_unit_test(test_kept),
		cmocka_unit_test(test_whole), cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
