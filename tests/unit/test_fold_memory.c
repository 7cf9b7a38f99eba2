// SPDX-License-Identifier: MIT
/* Memory that runs out: a record is counted whole or not at all, and can be counted again. */
#include "memory_fault.h"
#include "fold_lines.h"

#include <errno.h>

static void test_new(void **state)
{
	struct fold *fold = NULL;

	(void)state;
	memory_fail(0);
	assert_int_equal(fold_new(on_line, NULL, &fold), -ENOMEM);
	assert_true(memory_failed());
	assert_null(fold);
}

/* Each allocation of a restore fails in turn, until it needs no more. */
static void test_restore(void **state)
{
	const struct hp_told_slot told_slot = { .generation = 5, .seen = 3 };
	struct hp_event first = record_of(0, 5, 1, 0);
	struct hp_fold_slot value = { .generation = 5, .seen = 4 };

	(void)state;
	for (long n = 0;; n++) {
		_cleanup_(fold_freep) struct fold *fold = NULL;
		_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
		int r;

		assert_int_equal(fold_new(on_line, told, &fold), 0);
		memory_fail(n);
		r = fold_restore(fold, 0, &told_slot, &first);
		if (!memory_failed()) {
			assert_int_equal(r, 0);
			assert_true(n > 1);
			return;
		}
		assert_int_equal(r, -ENOMEM);
		assert_null(fold_name(fold, 0, 5));
		assert_int_equal(fold_restore(fold, 0, &told_slot, &first), 0);
		fold_slot(fold, 0, &value, first.time_ns + 1, UINT64_MAX);
		check_u64("told", told->total, 1);
	}
}

/* A holder's end, its name and the room for both: whatever is missing, nothing of it is counted. */
static void test_record(void **state)
{
	(void)state;
	for (long n = 0;; n++) {
		_cleanup_(fold_freep) struct fold *fold = NULL;
		_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
		struct hp_event e;
		int r;

		assert_int_equal(fold_new(on_line, told, &fold), 0);
		for (uint32_t g = 1; g <= 13; g += 2) { /* no room for two more */
			e = record_of(0, g, 1, 0);
			assert_int_equal(fold_record(fold, &e), 0);
		}
		e = record_of(0, 14, 1, 6);
		memory_fail(n);
		r = fold_record(fold, &e);
		if (!memory_failed()) {
			assert_int_equal(r, 0);
			assert_true(n > 1);
			return;
		}
		assert_int_equal(r, -ENOMEM);
		check_u64("nothing of it", told->total, 7);
		assert_null(fold_name(fold, 0, 14));
		assert_int_equal(fold_record(fold, &e), 0);
		check_u64("the holder before", told->sum[0][13], 6);
		check_u64("its own", told->sum[0][14], 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_restore),
		cmocka_unit_test(test_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
