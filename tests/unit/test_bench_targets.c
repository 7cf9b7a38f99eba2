// SPDX-License-Identifier: MIT
#include "test.h"

#include <math.h>

#include "../bench/results.h"
#include "../bench/targets.h"

/* Each target can be told from the others, and nothing excellent misses its floor. */
static void test_table(void **state)
{
	const struct target_row *rows;
	size_t len;

	(void)state;
	rows = targets_rows(&len);
	for (size_t i = 0; i < len; i++) {
		assert_ptr_equal(targets_row(rows[i].id), &rows[i]);
		for (const struct target *t = rows[i].targets; t->what; t++) {
			assert_ptr_equal(targets_find(&rows[i], t->what), t);
			assert_non_null(t->unit);
			check_int(rows[i].id, targets_worse(t, t->excellent, t->floor), 0);
		}
	}
	assert_null(targets_row("no such row"));
	assert_null(targets_find(&rows[0], "no such figure"));
}

struct judge_case {
	const char *name;
	struct target target;
	double scale, value, noise;
	enum target_grade want;
};

static const struct judge_case judge_cases[] = {
	{ "below", { "", "ns", 40, 10, TARGET_SCALED }, 1, 9.9, 8, TARGET_EXCELLENT },
	{ "at excellent", { "", "ns", 40, 10, TARGET_SCALED }, 1, 10, 8, TARGET_EXCELLENT },
	{ "between", { "", "ns", 40, 10, TARGET_SCALED }, 1, 10.1, 8, TARGET_MET },
	{ "at the floor", { "", "ns", 40, 10, TARGET_SCALED }, 1, 40, 8, TARGET_MET },
	{ "missed", { "", "ns", 40, 10, TARGET_SCALED }, 1, 40.1, 8, TARGET_MISSED },
	{ "scaled", { "", "ns", 40, 10, TARGET_SCALED }, 2, 80, 8, TARGET_MET },
	{ "scaled, excellent", { "", "ns", 40, 10, TARGET_SCALED }, 2, 20, 8, TARGET_EXCELLENT },
	{ "not scaled", { "", "x", 1.25, 1.15, 0 }, 2, 1.3, 8, TARGET_MISSED },
	{ "zero, in the noise", { "", "ns", 12, 0, TARGET_SCALED }, 1, 7, 8, TARGET_EXCELLENT },
	{ "zero, above it", { "", "ns", 12, 0, TARGET_SCALED }, 1, 9, 8, TARGET_MET },
	{ "negative", { "", "ns", 12, 0, TARGET_SCALED }, 1, -9, 0, TARGET_EXCELLENT },
	{ "no noise but in ns", { "", "%", 1, 0, 0 }, 1, 0.5, 8, TARGET_MET },
	{ "at least", { "", "1/s", 300, 400, TARGET_AT_LEAST }, 1, 299, 0, TARGET_MISSED },
	{ "at least, met", { "", "1/s", 300, 400, TARGET_AT_LEAST }, 1, 300, 0, TARGET_MET },
	{ "at least, all", { "", "1/s", 300, 400, TARGET_AT_LEAST }, 1, 400, 0, TARGET_EXCELLENT },
	{ "one", { "", "count", 0, 0, TARGET_ONE }, 1, 0, 0, TARGET_MET },
	{ "one, missed", { "", "count", 0, 0, TARGET_ONE }, 1, 1, 8, TARGET_MISSED },
	{ "no number", { "", "ns", 40, 10, TARGET_SCALED }, 1, NAN, 8, TARGET_MISSED },
	{ "no number, at least", { "", "", 1, 2, TARGET_AT_LEAST }, 1, NAN, 8, TARGET_MISSED },
};

static void test_judge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(judge_cases) / sizeof(judge_cases[0]); i++) {
		const struct judge_case *c = &judge_cases[i];
		struct target here = targets_here(&c->target, c->scale);

		check_int(c->name, targets_judge(&here, c->value, c->noise), c->want);
	}
}

static void test_scale(void **state)
{
	(void)state;
	assert_true(targets_scale(400, 458) == 1);
	assert_true(targets_scale(400, 516) == 2);
	assert_true(targets_scale(400, 390) > 0);
	assert_true(targets_scale(400, 390) < 1);
	assert_true(targets_scale(NAN, 390) < 1);
	assert_true(targets_scale(400, 100000) < 10);
}

static void test_worst_instance_decides(void **state)
{
	const struct target_row *allowed = targets_row("allowed"), *json = targets_row("json");
	struct results r = { 0 };

	(void)state;
	assert_null(results_worst(&r, allowed, &allowed->targets[0]));
	results_put(&r, "allowed", "ns over empty", "tcp4", 3);
	results_put(&r, "allowed", "ns over empty", "udp6", 5);
	results_put(&r, "allowed", "x empty", "tcp6", 7);
	results_put(&r, "allowed", "ns over empty", "tcp6", -4);
	results_put(&r, "json", "lines/s", "a", 10);
	results_put(&r, "json", "lines/s", "b", 9);
	check_text("allowed", results_worst(&r, allowed, &allowed->targets[0])->instance, "udp6");
	check_text("json", results_worst(&r, json, &json->targets[0])->instance, "b");
	results_put(&r, "allowed", "ns over empty", "odd", NAN);
	check_text("nan", results_worst(&r, allowed, &allowed->targets[0])->instance, "odd");
	assert_null(results_failure(&r, "allowed"));
	results_put(&r, "allowed", "no such figure", "", 1);
	assert_non_null(results_failure(&r, "allowed"));
	results_free(&r);
}

static void test_least_of_a_figure(void **state)
{
	struct results r = { 0 };
	struct figure f = { .row = "allowed", .what = "x empty", .instance = "tcp4 audit" };

	(void)state;
	assert_null(results_least_of(&r, &f));
	results_least(&r, "allowed", "x empty", "tcp", 1.1);
	results_least(&r, "allowed", "ns over empty", "tcp4", 1.2);
	results_least(&r, "port-0", "ns over empty", "tcp4", 1.3);
	results_least(&r, "allowed", "no such figure", "tcp4", 1.4);
	assert_null(results_least_of(&r, &f));
	results_least(&r, "allowed", "x empty", "tcp4", 1.5);
	assert_non_null(results_least_of(&r, &f));
	assert_true(results_least_of(&r, &f)->value == 1.5);
	(void)strcpy(f.instance, "tcp4");
	assert_non_null(results_least_of(&r, &f));
	results_free(&r);
}

/* As many figures as come. */
static void test_many(void **state)
{
	struct results r = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		results_put(&r, "start", "ms", "", i);
		results_note(&r, "start", "note", "", i, "ms");
		results_fail(&r, "start", "reason");
		results_compare(&r, "start", "ms", "", i, i, 0);
	}
	check_int("judged", (long long)r.judged.len, 1000);
	check_int("notes", (long long)r.notes.len, 1000);
	check_int("compared", (long long)r.compared_len, 1000);
	check_int("failures", (long long)r.failures_len, 1000);
	assert_true(r.notes.list[999].value == 999);
	assert_false(r.no_memory);
	results_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_worst_instance_decides),
		cmocka_unit_test(test_least_of_a_figure),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
