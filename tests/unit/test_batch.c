// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdbool.h>
#include <stdlib.h>

#include "../../user/stream/batch.h"

/* Lines are counted when they were handed out, and not before, each with its own holder. */
static void test_lines(void **state)
{
	struct hp_told *told = calloc(1, sizeof(*told));
	struct batch *batch = calloc(1, sizeof(*batch));

	(void)state;
	assert_non_null(told);
	assert_non_null(batch);
	for (unsigned int i = 0; i < BATCH_LINES; i++) {
		struct hp_fold_ref holder = { .slot = i % 2, .generation = 1 };
		struct tally_line line = { .holder = i < 10 ? &holder : NULL, .count = 3 };

		assert_int_equal(batch_add(batch, &line), i + 1 == BATCH_LINES);
		holder.slot = 7; /* its caller's, and gone by then */
	}
	check_u64("not yet", told->tally.delivered, 0);
	batch_count(batch, told);
	check_u64("lines", told->tally.delivered, BATCH_LINES);
	check_u64("folded", told->tally.folded, 2 * BATCH_LINES);
	check_u64("of the one holder", told->slots[0].seen, 15);
	check_u64("of the other", told->slots[1].seen, 15);
	check_u64("of no other", told->slots[7].seen, 0);
	batch_count(batch, told);
	check_u64("only once", told->tally.delivered, BATCH_LINES);
	free(told);
	free(batch);
}

static void test_names(void **state)
{
	struct hp_told *told = calloc(1, sizeof(*told));
	struct batch *batch = calloc(1, sizeof(*batch));

	(void)state;
	assert_non_null(told);
	assert_non_null(batch);
	for (unsigned int i = 0; i < BATCH_NAMES; i++) {
		struct hp_event event = { .pid = i };

		assert_int_equal(batch_name(batch, &event), i + 1 == BATCH_NAMES);
	}
	for (unsigned int i = 0; i < BATCH_NAMES; i++)
		check_u64("name", batch->names[i].pid, i);
	batch_count(batch, told);
	check_u64("no names left", batch->names_len, 0);
	free(told);
	free(batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
