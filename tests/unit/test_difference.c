// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/diff/difference.h"

/* More than it makes room for at first, each as it was added. */
static void test_add(void **state)
{
	_cleanup_differences_ struct differences d = { 0 };

	(void)state;
	for (uint16_t i = 0; i < 300; i++) {
		const struct difference one = {
			.type = (enum difference_type)(i % 3),
			.first = i,
		};

		check_int("add", differences_add(&d, &one), 0);
	}
	check_u64("all", d.len, 300);
	for (uint16_t i = 0; i < 300; i++) {
		check_int("port", d.items[i].first, i);
		check_int("type", d.items[i].type, i % 3);
	}
}

static void test_count(void **state)
{
	static const enum difference_type types[] = {
		DIFFERENCE_MOVED,   DIFFERENCE_ADDED, DIFFERENCE_MOVED,
		DIFFERENCE_REMOVED, DIFFERENCE_MOVED, DIFFERENCE_ADDED,
	};
	_cleanup_differences_ struct differences d = { 0 };

	(void)state;
	check_u64("none", differences_count(&d, DIFFERENCE_REMOVED), 0);
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		check_int("add", differences_add(&d, &(struct difference) { .type = types[i] }), 0);
	check_u64("removed", differences_count(&d, DIFFERENCE_REMOVED), 1);
	check_u64("added", differences_count(&d, DIFFERENCE_ADDED), 2);
	check_u64("changed", differences_count(&d, DIFFERENCE_CHANGED), 0);
	check_u64("moved", differences_count(&d, DIFFERENCE_MOVED), 3);
	differences_free(&d);
	check_u64("empty", d.len, 0);
	check_u64("nothing is kept", d.cap, 0);
	assert_null(d.items);
}

static void test_row(void **state)
{
	const struct reg_row from = { 0 }, to = { 0 };

	(void)state;
	assert_ptr_equal(difference_row(&(struct difference) { .from = &from, .to = &to }), &from);
	assert_ptr_equal(difference_row(&(struct difference) { .from = &from }), &from);
	assert_ptr_equal(difference_row(&(struct difference) { .to = &to }), &to);
	assert_null(difference_row(&(struct difference) { 0 }));
}

static void test_words(void **state)
{
	(void)state;
	check_text("removed", difference_type_word(DIFFERENCE_REMOVED), "removed");
	check_text("added", difference_type_word(DIFFERENCE_ADDED), "added");
	check_text("changed", difference_type_word(DIFFERENCE_CHANGED), "changed");
	check_text("moved", difference_type_word(DIFFERENCE_MOVED), "moved");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
