// SPDX-License-Identifier: MIT
/* A ledger whose memory runs out: what it can't keep it counts as forgotten. */
#include "memory_fault.h"
#include "ledger_makers.h"

#include <errno.h>

static void test_new(void **state)
{
	struct ledger *ledger = NULL;

	(void)state;
	memory_fail(0);
	assert_int_equal(ledger_new(&ledger), -ENOMEM);
	assert_true(memory_failed());
	ledger_free(ledger);
}

/* Each allocation fails in turn; the same violation is kept as soon as there is memory. */
static void test_note(void **state)
{
	(void)state;
	for (long n = 0;; n++) {
		_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
		_cleanup_free_ struct event *e = new_event(10, 1);

		memory_fail(n);
		ledger_note(ledger, e, LEDGER_ENFORCEABLE);
		if (!memory_failed()) {
			assert_true(n > 2);
			assert_non_null(ledger_next(ledger, NULL));
			return;
		}
		assert_null(ledger_next(ledger, NULL));
		check_u64("forgotten", forgotten(ledger, 1U << e->cls, true), 1);
		check_u64("of its class", forgotten(ledger, ~(1U << e->cls), false), 0);
		ledger_note(ledger, e, LEDGER_ENFORCEABLE);
		check_text("kept", ledger_next(ledger, NULL)->row.workload, "unit web.service");
		check_u64("forgotten as before", forgotten(ledger, ALL_CLASSES, true), 1);
	}
}

/* What can't be selected is an error; the rest is selected. */
static void test_select(void **state)
{
	_cleanup_(policy_freep) struct policy *policy = new_policy("");
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	const struct ledger_filter filter = {
		.policy = policy,
		.config = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT },
		.verdicts = 1U << HP_VERDICT_DENIED,
		.classes = ALL_CLASSES,
	};

	(void)state;
	ledger_note(ledger, e, 0);
	for (long n = 0;; n++) {
		_cleanup_impact_ struct impact impact = { 0 };
		int r;

		memory_fail(n);
		r = ledger_select(ledger, &filter, &impact);
		if (!memory_failed()) {
			assert_int_equal(r, 0);
			assert_int_equal(impact.len, 1);
			assert_true(n > 1);
			return;
		}
		assert_int_equal(r, -ENOMEM);
		assert_int_equal(impact.len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_note),
		cmocka_unit_test(test_select),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
