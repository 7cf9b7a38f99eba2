// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/kernel/canary/canary.h"

#define RESULTS (CANARY_NOT_CONFIRMED + 1)

/* Each result has words of its own. */
static void test_words(void **state)
{
	(void)state;
	for (int i = 0; i < RESULTS; i++) {
		assert_non_null(canary_words((enum canary_result)i));
		assert_true(strlen(canary_words((enum canary_result)i)) > 8);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(canary_words((enum canary_result)i),
						canary_words((enum canary_result)j));
	}
	check_text("proved", canary_words(CANARY_EFFECTIVE), "effective");
}

/* A result proves a hook, leaves the result before it, or is a failure. */
static void test_kinds(void **state)
{
	static const struct {
		bool proved, postponed;
	} kinds[RESULTS] = {
		[CANARY_EFFECTIVE] = { true, false },  [CANARY_SECOND] = { true, false },
		[CANARY_NOT_NEEDED] = { true, false }, [CANARY_NO_PORT] = { false, true },
		[CANARY_FROZEN] = { false, true },     [CANARY_LATE] = { false, true },
	};

	(void)state;
	for (int i = 0; i < RESULTS; i++) {
		check_int(canary_words((enum canary_result)i),
			  canary_is_proved((enum canary_result)i), kinds[i].proved);
		check_int(canary_words((enum canary_result)i),
			  canary_is_postponed((enum canary_result)i), kinds[i].postponed);
	}
}

static void test_first_failure(void **state)
{
	struct canary_proof proof;

	(void)state;
	for (size_t bad = 0; bad <= KERNEL_HOOKS; bad++) {
		for (size_t i = 0; i < KERNEL_HOOKS; i++)
			proof.result[i] = i >= bad ? CANARY_NOT_DENIED : CANARY_SECOND;
		check_u64("first", canary_first_failure(&proof), bad);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_first_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
