// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdbool.h>

#include "../../user/base/cleanup.h"
#include "../../user/checks/lint/range_index.h"

#define NO_ITEM 99

static const struct indexed_range given[] = {
	{ .group = 2, .first = 10, .last = 20, .item = 0 },
	{ .group = 1, .first = 100, .last = 200, .item = 1 },
	{ .group = 1, .first = 120, .last = 130, .item = 2 },
	{ .group = 1, .first = 1, .last = 65535, .item = 3 },
	{ .group = 3, .first = 65535, .last = 65535, .item = 4 },
	{ .group = 2, .first = 15, .last = 16, .item = 5 },
	{ .group = 2, .first = 18, .last = 30, .item = 6 },
};

static const struct {
	uint64_t group;
	uint16_t first, last;
	uint32_t around, touching; /* items, or NO_ITEM */
} cases[] = {
	{ 1, 125, 126, 3, 3 },
	{ 2, 10, 20, 0, 6 },
	{ 2, 9, 9, NO_ITEM, NO_ITEM },
	{ 2, 9, 10, NO_ITEM, 0 },
	{ 2, 15, 20, 0, 6 },
	{ 2, 17, 21, NO_ITEM, 6 },
	{ 2, 19, 30, 6, 6 },
	{ 2, 30, 31, NO_ITEM, 6 },
	{ 2, 31, 65535, NO_ITEM, NO_ITEM },
	{ 2, 1, 65535, NO_ITEM, 6 },
	{ 3, 65535, 65535, 4, 4 },
	{ 3, 65534, 65534, NO_ITEM, NO_ITEM },
	{ 0, 10, 20, NO_ITEM, NO_ITEM },
	{ 4, 1, 65535, NO_ITEM, NO_ITEM },
};

static uint32_t item(const struct indexed_range *range)
{
	return range ? range->item : NO_ITEM;
}

static void test_questions(void **state)
{
	struct indexed_range items[ARRAY_LEN(given)];
	struct range_index index = { items, ARRAY_LEN(items) };

	(void)state;
	memcpy(items, given, sizeof(items));
	range_index_sort(&index);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_int("around",
			  item(range_index_around(&index, cases[i].group, cases[i].first,
						  cases[i].last)),
			  cases[i].around);
		check_int("touching",
			  item(range_index_touching(&index, cases[i].group, cases[i].first,
						    cases[i].last)),
			  cases[i].touching);
	}
}

static void test_empty(void **state)
{
	struct range_index index = { 0 };

	(void)state;
	range_index_sort(&index);
	assert_null(range_index_around(&index, 0, 1, 1));
	assert_null(range_index_touching(&index, 0, 1, 65535));
}

/* Against looking at each, over all small ranges. */
static void test_all(void **state)
{
	struct indexed_range items[ARRAY_LEN(given)];
	struct range_index index = { items, ARRAY_LEN(items) };

	(void)state;
	memcpy(items, given, sizeof(items));
	range_index_sort(&index);
	for (uint16_t first = 1; first < 40; first++) {
		for (uint16_t last = first; last < 40; last++) {
			bool around = false, touching = false;

			for (size_t i = 0; i < ARRAY_LEN(given); i++) {
				if (given[i].group != 2)
					continue;
				around |= given[i].first <= first && last <= given[i].last;
				touching |= given[i].first <= last && first <= given[i].last;
			}
			check_int("around", range_index_around(&index, 2, first, last) != NULL,
				  around);
			check_int("touching", range_index_touching(&index, 2, first, last) != NULL,
				  touching);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
