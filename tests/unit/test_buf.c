// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/base/buf.h"

static void test_grows(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		buf_putc(&b, (char)('a' + i % 26));
		assert_int_equal(b.len, i + 1);
		assert_int_equal(b.data[i + 1], '\0');
	}
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	assert_false(b.failed);
}

static void test_adds(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	buf_puts(&b, "a");
	buf_add(&b, "\0b", 2);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_reset(&b);
	assert_int_equal(b.len, 0);
	check_text("reset", b.data, "");
	buf_printf(&b, "%s%d", "x", -3);
	buf_printf(&b, "%s", "");
	check_text("printf", b.data, "x-3");
}

static void test_printf_long(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	for (int width = 1; width < 2000; width += 7) {
		buf_reset(&b);
		buf_printf(&b, "%*d|", width, 7);
		assert_int_equal(b.len, width + 1);
		assert_int_equal(b.data[width - 1], '7');
		assert_int_equal(b.data[width], '|');
	}
}

static void test_u64(void **state)
{
	static const unsigned long long numbers[] = { 0, 9, 10, 99, 100, 65535, 1ULL << 63, ~0ULL };
	_cleanup_buf_ struct buf b = { 0 };
	char want[32];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		buf_reset(&b);
		buf_put_u64(&b, numbers[i]);
		(void)snprintf(want, sizeof(want), "%llu", numbers[i]);
		check_text(want, b.data, want);
	}
}

struct safe_case {
	const char *in, *out;
};

static const struct safe_case safe_cases[] = {
	{ "", "" },
	{ "plain text ~", "plain text ~" },
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	{ "\xe2\x82\xac \xf0\x9f\x90\xa7", "\xe2\x82\xac \xf0\x9f\x90\xa7" },
	{ "\033[31m", "\\x1b[31m" },
	{ "a\nb\r\tc", "a\\x0ab\\x0d\\x09c" },
	{ "\x7f", "\\x7f" },
	{ "\xc2\x9b", "\\xc2\\x9b" },	       /* CSI as a C1 control */
	{ "\xe2\x80\xae", "\\xe2\\x80\\xae" }, /* right-to-left override */
	{ "\xff\xfe", "\\xff\\xfe" },	       /* not UTF-8 */
	{ "\xc3", "\\xc3" },		       /* cut short */
	{ "\xe2\x82", "\\xe2\\x82" },	       /* the same */
	{ "\xc0\xaf", "\\xc0\\xaf" },	       /* overlong */
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* a surrogate */
	{ "\xc3\xc3\xbc", "\\xc3\xc3\xbc" },   /* finds its way back */
};

static void test_safe(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(safe_cases) / sizeof(safe_cases[0]); i++) {
		buf_reset(&b);
		buf_puts(&b, "");
		buf_put_safe(&b, safe_cases[i].in);
		check_text(safe_cases[i].out, b.data, safe_cases[i].out);
	}
}

static void test_take(void **state)
{
	_cleanup_free_ char *empty = NULL, *text = NULL;
	struct buf b = { 0 };

	(void)state;
	empty = buf_take(&b);
	check_text("empty", empty, "");
	buf_puts(&b, "text");
	text = buf_take(&b);
	check_text("text", text, "text");
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	buf_free(&b);
}

/* What can never fit fails, stays as it was, and says so until it is reset. */
static void test_failure_sticks(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	buf_puts(&b, "kept");
	buf_add(&b, "x", SIZE_MAX);
	assert_true(b.failed);
	buf_puts(&b, "not added");
	check_text("kept", b.data, "kept");
	buf_reset(&b);
	assert_false(b.failed);
	buf_puts(&b, "again");
	check_text("again", b.data, "again");
	buf_add(&b, "x", SIZE_MAX - 1);
	assert_null(buf_take(&b));
	assert_null(b.data);
}

static void test_same(void **state)
{
	_cleanup_buf_ struct buf a = { 0 }, b = { 0 };

	(void)state;
	assert_true(buf_same(&a, &b));
	buf_add(&a, "x\0y", 3);
	assert_false(buf_same(&a, &b));
	buf_add(&b, "x\0z", 3);
	assert_false(buf_same(&a, &b));
	buf_reset(&b);
	buf_add(&b, "x\0y", 3);
	assert_true(buf_same(&a, &b));
	buf_puts(&b, "z");
	assert_false(buf_same(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),	       cmocka_unit_test(test_adds),
		cmocka_unit_test(test_printf_long),    cmocka_unit_test(test_u64),
		cmocka_unit_test(test_safe),	       cmocka_unit_test(test_take),
		cmocka_unit_test(test_failure_sticks), cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
