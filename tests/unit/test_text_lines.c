// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/formats/text_lines.h"
#include "../../user/registry/registry.h"

struct check_case {
	const char *text;
	size_t len;	  /* 0: to its end */
	const char *want; /* NULL: fine */
};

static const struct check_case check_cases[] = {
	{ "", 0, NULL },
	{ "a\tb\nc\r\n\xc3\xa4\n", 0, NULL },
	{ "\xef\xbb\xbf"
	  "a",
	  0, NULL },
	{ "a\n\xff", 0, "f:2:1: not valid UTF-8" },
	{ "a\n\xc3\xa4\xc3", 0, "f:2:2: not valid UTF-8" },
	{ "\xe2\x80", 0, "f:1:1: not valid UTF-8" },
	{ "ab\0c", 4, "f:1:3: a zero byte is not text" },
	{ "a\rb", 0, "f:1:2: a carriage return that ends no line" },
	{ "a\r", 0, "f:1:2: a carriage return that ends no line" },
	{ "a\r\n", 0, NULL },
	{ "a\r\n", 2, "f:1:2: a carriage return that ends no line" },
	{ "a\xc3\xa4", 2, "f:1:2: not valid UTF-8" },
	{ "a\x1b[31m", 0, "f:1:2: a character that is obeyed rather than shown" },
	{ "\xc2\x85", 0, "f:1:1: a character that is obeyed rather than shown" },
	{ "a\n b\xe2\x80\xae", 0, "f:2:3: a character that is obeyed rather than shown" },
	{ "a\xef\xbb\xbf", 0, "f:1:2: a character that is obeyed rather than shown" },
};

static void test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(check_cases); i++) {
		const struct check_case *c = &check_cases[i];
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		bool fine = text_check("f", c->text, c->len ? c->len : strlen(c->text), &diags);

		check_int(c->text, fine, c->want == NULL);
		if (diags.len)
			diag_text(&diags.items[0], &out);
		check_text(c->text, out.data, c->want);
	}
}

static void test_lines(void **state)
{
	static const char *const want[] = { "a", "", "b", "c" };
	struct text_lines lines = text_lines_of("\xef\xbb\xbf"
						"a\n\r\nb\r\nc",
						11);
	struct text_line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_true(text_lines_next(&lines, &line));
		check_u64("number", line.number, i + 1);
		check_u64(want[i], line.len, strlen(want[i]));
		assert_memory_equal(line.text, want[i], line.len);
	}
	assert_false(text_lines_next(&lines, &line));
	/* a line end at the end of the text starts no other line */
	lines = text_lines_of("a\n", 2);
	assert_true(text_lines_next(&lines, &line));
	assert_false(text_lines_next(&lines, &line));
}

/* As long as a file may be, and a byte more, which is not looked at. */
static void test_length(void **state)
{
	_cleanup_free_ char *text = malloc(REGISTRY_FILE_MAX);
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	assert_non_null(text);
	memset(text, '\t', REGISTRY_FILE_MAX);
	assert_true(text_check("f", text, REGISTRY_FILE_MAX, &diags));
	assert_false(text_check("f", text, REGISTRY_FILE_MAX + 1, &diags));
	check_text("message", diags.items[0].message, "larger than 33554432 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
