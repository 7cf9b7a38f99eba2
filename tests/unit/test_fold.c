// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "fold_lines.h"

/* A table of steps; each reports a number of violations. */
enum step_kind { RECORD, READING };

struct step {
	enum step_kind kind;
	uint32_t generation;
	uint64_t seen;
	uint64_t prev; /* of a record */
	uint64_t want; /* violations told of in this step */
	uint32_t of;   /* the last line's holder, if there is one */
};

#define SAME HP_FOLD_SAME

struct script {
	const char *name;
	struct step steps[10];
};

static const struct script scripts[] = {
	{ "one holder",
	  { { RECORD, 1, 1, 0, 1, 1 },
	    { READING, 1, 1, 0, 0, 0 },
	    { READING, 1, 5, 0, 4, 1 },
	    { RECORD, 1, 8, SAME, 3, 1 },
	    { READING, 1, 8, 0, 0, 0 } } },
	{ "records of a holder out of order",
	  { { RECORD, 1, 7, SAME, 7, 1 },
	    { RECORD, 1, 1, 0, 0, 0 },
	    { RECORD, 1, 5, SAME, 0, 0 },
	    { RECORD, 1, 9, SAME, 2, 1 } } },
	{ "a reading before the record that it is behind",
	  { { RECORD, 1, 1, 0, 1, 1 },
	    { READING, 1, 9, 0, 8, 1 },
	    { RECORD, 1, 7, SAME, 0, 0 },
	    { RECORD, 1, 10, SAME, 1, 1 } } },
	{ "a reading of a holder without a name",
	  { { READING, 1, 9, 0, 0, 0 }, { RECORD, 1, 1, 0, 1, 1 }, { READING, 1, 9, 0, 8, 1 } } },
	{ "a successor pays its predecessor out",
	  { { RECORD, 1, 1, 0, 1, 1 },
	    { RECORD, 2, 1, 6, 6, 2 },
	    { RECORD, 1, 4, SAME, 0, 0 },
	    { READING, 1, 6, 0, 0, 0 },
	    { RECORD, 2, 3, SAME, 2, 2 } } },
	{ "a successor before its predecessor",
	  { { RECORD, 2, 1, 6, 1, 2 },
	    { READING, 2, 2, 0, 1, 2 },
	    { RECORD, 1, 1, 0, 6, 1 },
	    { RECORD, 1, 4, SAME, 0, 0 },
	    { RECORD, 3, 1, 5, 4, 3 } } },
	{ "a successor before all records of its predecessor",
	  { { RECORD, 2, 1, 6, 1, 2 }, { RECORD, 1, 4, SAME, 6, 1 }, { RECORD, 1, 1, 0, 0, 0 } } },
	{ "three holders backwards",
	  { { RECORD, 3, 1, 20, 1, 3 },
	    { RECORD, 2, 1, 10, 20, 2 },
	    { RECORD, 1, 1, 0, 10, 1 },
	    { RECORD, 4, 1, 30, 30, 4 } } },
	{ "one that was only ever seen once",
	  { { RECORD, 1, 1, 0, 1, 1 }, { RECORD, 2, 1, 1, 1, 2 }, { RECORD, 3, 1, 1, 1, 3 } } },
	{ "a slot of before the start",
	  { { RECORD, 57, 1, 12, 1, 57 },
	    { READING, 57, 3, 0, 2, 57 },
	    { RECORD, 58, 1, 4, 2, 58 },
	    { RECORD, 56, 1, 9, 12, 56 } } },
	{ "a holder of before the start",
	  { { READING, 57, 30, 0, 0, 0 },
	    { RECORD, 57, 31, SAME, 31, 57 },
	    { RECORD, 58, 1, 32, 2, 58 } } },
	{ "a first holder with a predecessor that never was",
	  { { RECORD, 1, 1, 99, 1, 1 }, { RECORD, 2, 1, 1, 1, 2 } } },
	{ "a slot that was never used", { { READING, 0, 5, 0, 0, 0 } } },
};

/* Without folding: fold_turn_off(). */
static const struct script unfolded[] = {
	{ "a record is a line of one",
	  { { RECORD, 1, 1, 0, 1, 1 },
	    { RECORD, 1, 2, SAME, 1, 1 },
	    { RECORD, 1, 3, SAME, 1, 1 },
	    { READING, 1, 3, 0, 0, 0 } } },
	{ "in whatever order",
	  { { RECORD, 1, 3, SAME, 1, 1 },
	    { RECORD, 1, 1, 0, 1, 1 },
	    { RECORD, 1, 2, SAME, 1, 1 },
	    { READING, 1, 3, 0, 0, 0 } } },
	{ "what has no record, a reading tells",
	  { { RECORD, 1, 1, 0, 1, 1 },
	    { RECORD, 1, 9, SAME, 1, 1 },
	    { READING, 1, 9, 0, 7, 1 },
	    { RECORD, 1, 10, SAME, 1, 1 } } },
	{ "a record behind a reading that told of it",
	  { { RECORD, 1, 1, 0, 1, 1 },
	    { READING, 1, 2, 0, 1, 1 },
	    { RECORD, 1, 2, SAME, 0, 0 },
	    { RECORD, 1, 3, SAME, 1, 1 } } },
	{ "a record behind a reading that another one hid it from",
	  { { RECORD, 1, 1, 0, 1, 1 },
	    { RECORD, 1, 3, SAME, 1, 1 },
	    { READING, 1, 2, 0, 0, 0 },
	    { RECORD, 1, 2, SAME, 0, 0 },
	    { READING, 1, 3, 0, 1, 1 } } },
	{ "the successor tells what had no record",
	  { { RECORD, 1, 1, 0, 1, 1 }, { RECORD, 2, 1, 5, 5, 2 }, { RECORD, 1, 4, SAME, 0, 0 } } },
};

static void run_script(const struct script *s, bool folds)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	uint64_t want = 0;
	char name[128];

	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	if (!folds)
		fold_turn_off(fold);
	for (size_t i = 0; i < sizeof(s->steps) / sizeof(s->steps[0]); i++) {
		const struct step *step = &s->steps[i];
		struct hp_fold_slot value = { .generation = step->generation, .seen = step->seen };
		struct hp_event e = record_of(3, step->generation, step->seen, step->prev);

		if (step->kind == RECORD && step->generation == 0)
			break;
		if (step->kind == RECORD)
			assert_int_equal(fold_record(fold, &e), 0);
		else
			fold_slot(fold, 3, &value, e.time_ns, UINT64_MAX);
		(void)snprintf(name, sizeof(name), "%s, step %zu", s->name, i);
		want += step->want;
		check_u64(name, told->total, want);
		if (step->of)
			check_u64(name, told->lines[(told->len - 1) % LINES_MAX].generation,
				  step->of);
	}
}

static void test_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		run_script(&scripts[i], true);
	for (size_t i = 0; i < sizeof(unfolded) / sizeof(unfolded[0]); i++)
		run_script(&unfolded[i], false);
}

/* Of whom a line was told lately, a reading says nothing. */
static void test_readings_that_wait(void **state)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	const struct hp_event record = { .fold = { 0, 1, 1, 0 }, .time_ns = 100 };
	struct hp_fold_slot value = { .generation = 1, .seen = 5 };

	(void)state;
	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	assert_int_equal(fold_record(fold, &record), 0);
	fold_slot(fold, 0, &value, 150, 99);
	check_u64("told after that moment", told->total, 1);
	fold_slot(fold, 0, &value, 200, 100);
	check_u64("told at that moment", told->total, 5);
	value.seen = 6;
	fold_slot(fold, 0, &value, 250, 150);
	check_u64("told by a reading after that moment", told->total, 5);
	fold_slot(fold, 0, &value, 300, 200);
	check_u64("told by a reading at that moment", told->total, 6);
}

struct restored {
	const char *name;
	struct hp_told_slot told;
	bool named; /* its first record was kept */
	struct step steps[6];
};

static const struct restored restored[] = {
	{ "goes on where it was",
	  { .generation = 5, .seen = 10 },
	  true,
	  { { READING, 5, 10, 0, 0, 0 },
	    { READING, 5, 12, 0, 2, 5 },
	    { RECORD, 5, 15, SAME, 3, 5 } } },
	{ "a record that was taken already",
	  { .generation = 5, .seen = 10 },
	  true,
	  { { RECORD, 5, 10, SAME, 0, 0 },
	    { RECORD, 5, 1, 3, 0, 0 },
	    { RECORD, 4, 2, SAME, 0, 0 } } },
	{ "paid out by a successor",
	  { .generation = 5, .seen = 10 },
	  true,
	  { { RECORD, 6, 1, 14, 5, 6 },
	    { RECORD, 5, 12, SAME, 0, 0 },
	    { RECORD, 7, 1, 1, 1, 7 } } },
	{ "without a name it waits for a record",
	  { .generation = 5, .seen = 10 },
	  false,
	  { { READING, 5, 12, 0, 0, 0 },
	    { RECORD, 5, 13, SAME, 3, 5 },
	    { READING, 5, 14, 0, 1, 5 } } },
	{ "the first generation",
	  { .generation = 1, .seen = 1 },
	  true,
	  { { RECORD, 1, 1, 0, 0, 0 }, { RECORD, 2, 1, 3, 3, 2 } } },
};

static void run_restored(const struct restored *r)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	struct hp_event first = record_of(3, r->told.generation, 1, 0);
	uint64_t want = 0;

	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	assert_int_equal(fold_restore(fold, 3, &r->told, r->named ? &first : NULL), 0);
	for (size_t i = 0; i < sizeof(r->steps) / sizeof(r->steps[0]); i++) {
		const struct step *step = &r->steps[i];
		struct hp_fold_slot value = { .generation = step->generation, .seen = step->seen };
		struct hp_event e = record_of(3, step->generation, step->seen, step->prev);

		if (step->generation == 0)
			break;
		if (step->kind == RECORD)
			assert_int_equal(fold_record(fold, &e), 0);
		else
			fold_slot(fold, 3, &value, e.time_ns, UINT64_MAX);
		want += step->want;
		check_u64(r->name, told->total, want);
		if (step->of)
			check_u64(r->name, told->lines[(told->len - 1) % LINES_MAX].generation,
				  step->of);
	}
}

/* Of an agent that ended, the next one knows what it told. */
static void test_restored(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(restored) / sizeof(restored[0]); i++)
		run_restored(&restored[i]);
}

static void test_restored_badly(void **state)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	struct hp_told_slot none = { 0 }, one = { .generation = 1, .seen = 2 };
	struct hp_told_slot two = { .generation = 2, .seen = 9 };
	struct hp_event first = record_of(0, 1, 1, 0);
	struct hp_fold_slot value = { .generation = 1, .seen = 5 };

	(void)state;
	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	assert_int_equal(fold_restore(fold, 0, &none, NULL), -EINVAL);
	assert_int_equal(fold_restore(fold, HP_FOLD_SLOTS, &one, NULL), -EINVAL);
	assert_int_equal(fold_restore(fold, 0, &one, &first), 0);
	assert_int_equal(fold_restore(fold, 0, &two, NULL), 0); /* stays as it is */
	fold_slot(fold, 0, &value, first.time_ns + 1, UINT64_MAX);
	check_u64("told of the first one restored", told->total, 3);
}

/* A slot that has holders is not restored: what they count goes on, and nobody is forgotten. */
static void test_restored_late(void **state)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	const struct hp_told_slot later = { .generation = 9, .seen = 5 };
	struct hp_event first = record_of(0, 9, 1, 0), e;

	(void)state;
	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	e = record_of(0, 3, 1, 0);
	assert_int_equal(fold_record(fold, &e), 0);
	assert_int_equal(fold_restore(fold, 0, &later, &first), 0);
	assert_null(fold_name(fold, 0, 9));
	assert_non_null(fold_name(fold, 0, 3));
	e = record_of(0, 3, 4, SAME);
	assert_int_equal(fold_record(fold, &e), 0);
	e = record_of(0, 4, 1, 6);
	assert_int_equal(fold_record(fold, &e), 0);
	e = record_of(0, 9, 7, SAME);
	assert_int_equal(fold_record(fold, &e), 0);
	check_u64("the holder before", told->sum[0][3], 6);
	check_u64("its successor", told->sum[0][4], 1);
	check_u64("the one that was to be restored", told->sum[0][9], 7);
}

/* Of a holder the record that a reading repeats is known, until all its lines are out. */
static void test_names(void **state)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	const struct hp_told_slot restored_slot = { .generation = 4, .seen = 2 };
	struct hp_event first = record_of(2, 4, 1, 0), e = record_of(1, 1, 1, 0);

	(void)state;
	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	assert_null(fold_name(fold, 1, 1));
	assert_null(fold_name(fold, HP_FOLD_SLOTS, 1));
	e.pid = 7;
	assert_int_equal(fold_record(fold, &e), 0);
	e.pid = 8;
	assert_int_equal(fold_record(fold, &e), 0);
	check_u64("the first record", fold_name(fold, 1, 1)->pid, 7);
	assert_null(fold_name(fold, 1, 2));
	assert_null(fold_name(fold, 0, 1));
	assert_int_equal(fold_restore(fold, 2, &restored_slot, &first), 0);
	assert_ptr_not_equal(fold_name(fold, 2, 4), &first);
	check_u64("restored", fold_name(fold, 2, 4)->fold.generation, 4);
	e = record_of(1, 2, 1, 1);
	assert_int_equal(fold_record(fold, &e), 0);
	assert_null(fold_name(fold, 1, 1));
	assert_non_null(fold_name(fold, 1, 2));
}

/* What a line is told of, and the moments that it lies between. */
static void test_names_and_times(void **state)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	static const struct hp_event records[] = {
		{ .fold = { 0, 1, 1, 0 }, .time_ns = 100, .pid = 1 },
		{ .fold = { 0, 1, 2, SAME }, .time_ns = 300, .pid = 2 },
		{ .fold = { 0, 1, 9, SAME },
		  .time_ns = 700,
		  .pid = 3,
		  .binders = { .latest = { .pid = 3, .family = 4 },
			       .pid = { 5, 5, 3, 7, 8 },
			       .address = { 1, 2, 1, 1, 1 } },
		  .recent = 1 | 2 | 16,
		  .current = 3 },
		{ .fold = { 0, 2, 1, 10 },
		  .time_ns = 900,
		  .pid = 4,
		  .binders = { .latest = { .pid = 6, .family = 4 }, .pid = { 6, 7 } },
		  .recent = 3,
		  .current = 1 },
	};
	static const struct line want[] = {
		{ 1, 1, 1, 100, 100, 1, 1 }, /* a record of one */
		{ 1, 2, 1, 100, 300, 1, 1 }, /* another: the first line's time is kept */
		{ 1, 5, 3, 100, 500, 2, 1 }, /* a reading: the slot's latest, and one before */
		{ 1, 3, 4, 100, 700, 2,
		  1 }, /* a record: who is told already may have made no more */
		{ 1, 6, 1, 100, 900, 1, 1 }, /* the end, told by the successor */
		{ 2, 4, 1, 900, 900, 1, 1 },
	};
	struct hp_fold_slot value = {
		.generation = 1,
		.seen = 5,
		.binders = { .latest = { .pid = 5, .family = 4 },
			     .pid = { 5, 6 },
			     .address = { 1, 1 } },
		.recent = 2,
		.current = 1,
	};

	(void)state;
	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	assert_int_equal(fold_record(fold, &records[0]), 0);
	assert_int_equal(fold_record(fold, &records[1]), 0);
	fold_slot(fold, 0, &value, 500, UINT64_MAX);
	assert_int_equal(fold_record(fold, &records[2]), 0);
	assert_int_equal(fold_record(fold, &records[3]), 0);
	assert_int_equal(told->len, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < told->len; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "line %zu", i);
		check_u64(name, told->lines[i].generation, want[i].generation);
		check_u64(name, told->lines[i].pid, want[i].pid);
		check_u64(name, told->lines[i].count, want[i].count);
		check_u64(name, told->lines[i].first_ns, want[i].first_ns);
		check_u64(name, told->lines[i].last_ns, want[i].last_ns);
		check_u64(name, told->lines[i].processes, want[i].processes);
		check_u64(name, told->lines[i].addresses, want[i].addresses);
	}
}

static void test_bad_references(void **state)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	struct hp_fold_slot value = { .generation = 1, .seen = 5 };
	struct hp_event e;

	(void)state;
	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	e = record_of(HP_FOLD_SETS * HP_FOLD_WAYS, 1, 1, 0);
	assert_int_equal(fold_record(fold, &e), -EINVAL);
	e = record_of(UINT32_MAX, 1, 1, 0);
	assert_int_equal(fold_record(fold, &e), -EINVAL);
	e = record_of(0, 0, 1, 0);
	assert_int_equal(fold_record(fold, &e), -EINVAL);
	fold_slot(fold, HP_FOLD_SETS * HP_FOLD_WAYS, &value, 1, UINT64_MAX);
	fold_slot(fold, UINT32_MAX, &value, 1, UINT64_MAX);
	assert_int_equal(told->len, 0);
	fold_free(NULL);
}

/* Gaps that never close do not grow without bound, nor stop what is new from being exact. */
static void test_gaps(void **state)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	uint64_t total = 0;
	struct hp_event e;

	(void)state;
	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	for (uint32_t g = 1000; g < HOLDERS; g++) {
		uint64_t before = g == 1000 ? 0 : 6; /* of 999 there is no record */

		e = record_of(0, g, 1, 7);
		assert_int_equal(fold_record(fold, &e), 0);
		total += before + 1;
		check_u64("in order", told->total, total);
	}
	/* Only every other record, so that each holder lacks a name or an end. */
	for (uint32_t g = 1; g < HOLDERS; g += 2) {
		e = record_of(1, g, 1, 7);
		assert_int_equal(fold_record(fold, &e), 0);
		check_u64("every other", told->total, ++total);
	}
	/* Of those that were given up nothing is told; the last ones are still waited for. */
	e = record_of(1, 2, 1, 1);
	assert_int_equal(fold_record(fold, &e), 0);
	check_u64("given up", told->total, total);
	e = record_of(1, HOLDERS - 2, 1, 3);
	assert_int_equal(fold_record(fold, &e), 0);
	check_u64("waited for", told->total, total + 7 + 2);
}

/* Where more must be remembered than may be, the oldest goes, in whatever order they came. */
static void test_bound(void **state)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));
	struct hp_event e;

	(void)state;
	assert_non_null(told);
	assert_int_equal(fold_new(on_line, told, &fold), 0);
	for (uint32_t g = 64; g > 0; g -= 2) {
		e = record_of(0, g, 1, 0);
		assert_int_equal(fold_record(fold, &e), 0);
	}
	e = record_of(0, 66, 1, 0);
	assert_int_equal(fold_record(fold, &e), 0);
	check_u64("all", told->total, 33);
	e = record_of(0, 2, 9, SAME);
	assert_int_equal(fold_record(fold, &e), 0);
	check_u64("the oldest", told->total, 33);
	for (uint32_t g = 4; g <= 66; g += 2) {
		e = record_of(0, g, 9, SAME);
		assert_int_equal(fold_record(fold, &e), 0);
		check_u64("the others", told->sum[0][g], 9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_readings_that_wait),
		cmocka_unit_test(test_names_and_times),
		cmocka_unit_test(test_bad_references),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_restored),
		cmocka_unit_test(test_restored_badly),
		cmocka_unit_test(test_restored_late),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
