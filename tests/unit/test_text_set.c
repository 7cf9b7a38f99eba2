// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "../../user/base/text_set.h"

static size_t add(struct text_set *set, const char *text, int want)
{
	size_t number = TEXT_SET_NONE;

	check_int(text, text_set_add(set, SIZE_MAX, text, &number), want);
	return number;
}

static void test_numbers(void **state)
{
	_cleanup_text_set_ struct text_set set = { 0 };

	(void)state;
	assert_int_equal(text_set_find(&set, "a"), TEXT_SET_NONE);
	assert_int_equal(add(&set, "a", 1), 0);
	assert_int_equal(add(&set, "b", 1), 1);
	assert_int_equal(add(&set, "", 1), 2);
	assert_int_equal(add(&set, "b", 0), 1);
	assert_int_equal(add(&set, "a", 0), 0);
	assert_int_equal(set.len, 3);
	assert_int_equal(text_set_find(&set, ""), 2);
	assert_int_equal(text_set_find(&set, "c"), TEXT_SET_NONE);
	check_text("a copy", set.items[1], "b");
}

/* It keeps its numbers as it grows. */
static void test_many(void **state)
{
	_cleanup_text_set_ struct text_set set = { 0 };
	char text[32];

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		(void)snprintf(text, sizeof(text), "n%zu", i);
		assert_int_equal(add(&set, text, 1), i);
	}
	for (size_t i = 0; i < 10000; i++) {
		(void)snprintf(text, sizeof(text), "n%zu", i);
		assert_int_equal(add(&set, text, 0), i);
	}
	assert_int_equal(set.len, 10000);
	assert_int_equal(text_set_find(&set, "n10000"), TEXT_SET_NONE);
}

static void test_bound(void **state)
{
	_cleanup_text_set_ struct text_set set = { 0 };
	size_t number = 7;

	(void)state;
	assert_int_equal(text_set_add(&set, 0, "a", &number), -E2BIG);
	assert_int_equal(number, 7);
	assert_int_equal(text_set_add(&set, 1, "a", &number), 1);
	assert_int_equal(text_set_add(&set, 1, "b", &number), -E2BIG);
	assert_int_equal(text_set_add(&set, 1, "a", &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(set.len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
