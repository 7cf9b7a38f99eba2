// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/table_fit.h"

#define COLUMNS 4

struct fit_case {
	size_t width;
	struct table_fit_column columns[COLUMNS];
	size_t want[COLUMNS];
};

static const struct fit_case fit_cases[] = {
	/* all of it has room */
	{ 80,
	  { { 5, 5, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 1, 0 }, { 8, 8, 2, 0 } },
	  { 5, 10, 4, 8 } },
	{ 30,
	  { { 5, 5, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 1, 0 }, { 8, 8, 2, 0 } },
	  { 5, 10, 4, 8 } },
	/* the one that can be is cut */
	{ 29, { { 5, 5, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 1, 0 }, { 8, 8, 2, 0 } }, { 5, 9, 4, 8 } },
	{ 24, { { 5, 5, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 1, 0 }, { 8, 8, 2, 0 } }, { 5, 4, 4, 8 } },
	/* the least important is left out, and the others have its room */
	{ 23,
	  { { 5, 5, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 1, 0 }, { 8, 8, 2, 0 } },
	  { 5, 10, 4, 0 } },
	{ 14, { { 5, 5, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 1, 0 }, { 8, 8, 2, 0 } }, { 5, 8, 0, 0 } },
	/* nothing more can be done */
	{ 3, { { 5, 5, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 1, 0 }, { 8, 8, 2, 0 } }, { 5, 4, 0, 0 } },
	{ 0, { { 5, 5, 1, 0 }, { 10, 4, 1, 0 }, { 4, 4, 1, 0 }, { 8, 8, 1, 0 } }, { 0, 0, 0, 0 } },
	/* of two the widest is cut, then both */
	{ 33,
	  { { 20, 4, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 0, 0 }, { 4, 4, 0, 0 } },
	  { 12, 10, 4, 4 } },
	{ 25,
	  { { 20, 4, 0, 0 }, { 10, 4, 0, 0 }, { 4, 4, 0, 0 }, { 4, 4, 0, 0 } },
	  { 7, 7, 4, 4 } },
	/* of equals the last is left out first */
	{ 14, { { 4, 4, 1, 0 }, { 4, 4, 1, 0 }, { 4, 4, 1, 0 }, { 4, 4, 1, 0 } }, { 4, 4, 4, 0 } },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fit_cases); i++) {
		struct fit_case c = fit_cases[i];
		char name[32];

		table_fit(c.columns, COLUMNS, c.width);
		for (size_t k = 0; k < COLUMNS; k++) {
			(void)snprintf(name, sizeof(name), "case %zu, column %zu", i, k);
			check_u64(name, c.columns[k].width, c.want[k]);
		}
	}
}

/* Whatever the columns are: none is wider than it need be, or cut further than it may be. */
static void test_bounds(void **state)
{
	unsigned int seed = 7;

	(void)state;
	for (int n = 0; n < 10000; n++) {
		struct table_fit_column columns[COLUMNS];
		size_t width = (size_t)rand_r(&seed) % 100, sum = 0, shown = 0;
		bool loose = false;

		for (size_t k = 0; k < COLUMNS; k++) {
			columns[k].natural = 1 + (size_t)rand_r(&seed) % 40;
			columns[k].least = 1 + (size_t)rand_r(&seed) % columns[k].natural;
			columns[k].drop = (uint8_t)(rand_r(&seed) % 3);
		}
		table_fit(columns, COLUMNS, width);
		for (size_t k = 0; k < COLUMNS; k++) {
			const struct table_fit_column *c = &columns[k];

			assert_true(c->width <= c->natural);
			assert_true(c->width ? c->width >= c->least : c->drop > 0);
			sum += c->width;
			shown += c->width != 0;
			loose |= c->width && (c->width > c->least || c->drop);
		}
		assert_true(sum + (shown ? shown - 1 : 0) <= width || !loose);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
