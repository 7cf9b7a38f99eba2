// SPDX-License-Identifier: MIT
/* Signals that are held while something is cleaned up. */
#include "test.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/coverage/signal_hold.h"

static volatile sig_atomic_t seen;

static void on_signal(int number)
{
	seen = number;
}

/* A signal is noticed, and comes when it is let go. */
static void test_holds(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct signal_hold hold;

		seen = 0;
		(void)signal(numbers[i], on_signal);
		assert_int_equal(signal_hold_open(&hold), 0);
		assert_false(signal_hold_asked(&hold));
		assert_int_equal(raise(numbers[i]), 0);
		assert_int_equal(seen, 0);
		assert_true(signal_hold_asked(&hold));
		assert_true(signal_hold_asked(&hold)); /* it stays */
		signal_hold_close(&hold);
		assert_int_equal(seen, numbers[i]);
		(void)signal(numbers[i], SIG_DFL);
	}
}

/* An ignored one stays ignored, and others come at once. */
static void test_leaves(void **state)
{
	struct signal_hold hold;
	sigset_t before, after;

	(void)state;
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGUSR1, on_signal);
	(void)sigprocmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(signal_hold_open(&hold), 0);
	assert_int_equal(raise(SIGHUP), 0);
	assert_false(signal_hold_asked(&hold));
	seen = 0;
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(seen, SIGUSR1);
	assert_false(signal_hold_asked(&hold));
	signal_hold_close(&hold);
	(void)sigprocmask(SIG_SETMASK, NULL, &after);
	for (int number = 1; number < 32; number++)
		assert_int_equal(sigismember(&before, number), sigismember(&after, number));
	(void)signal(SIGHUP, SIG_DFL);
	(void)signal(SIGUSR1, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
