// SPDX-License-Identifier: MIT
#include "test.h"

#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "../../user/base/thread.h"

struct seen {
	int tid;
	int blocked, open; /* of the signals looked at */
};

static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGALRM, SIGUSR1 };

static void look(void *data)
{
	struct seen *seen = data;
	sigset_t mask;

	seen->tid = gettid();
	(void)sigemptyset(&mask);
	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		*(sigismember(&mask, signals[i]) ? &seen->blocked : &seen->open) += 1;
}

/* It is another thread, with all signals blocked; what it wrote is there once it is joined. */
static void test_runs(void **state)
{
	struct seen seen = { 0 };
	struct thread *thread = NULL;

	(void)state;
	assert_int_equal(thread_start(look, &seen, &thread), 0);
	assert_non_null(thread);
	thread_join(thread);
	assert_int_not_equal(seen.tid, 0);
	assert_int_not_equal(seen.tid, gettid());
	assert_int_equal(seen.blocked, ARRAY_LEN(signals));
	assert_int_equal(seen.open, 0);
}

/* The caller's own signals are as before: the one that was blocked is, no other. */
static void test_caller(void **state)
{
	struct seen seen = { 0 }, after = { 0 };
	struct thread *thread = NULL;
	sigset_t one, before;

	(void)state;
	(void)sigemptyset(&one);
	(void)sigaddset(&one, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_SETMASK, &one, &before), 0);
	assert_int_equal(thread_start(look, &seen, &thread), 0);
	thread_join(thread);
	look(&after);
	assert_int_equal(seen.blocked, ARRAY_LEN(signals));
	assert_int_equal(after.blocked, 1);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

static void wait_for_end(void *data)
{
	char c;

	(void)read(*(int *)data, &c, 1);
}

/* A thread that goes on is not waited for, and can be joined later. */
static void test_within(void **state)
{
	struct thread *thread = NULL;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(thread_start(wait_for_end, &ends[0], &thread), 0);
	assert_false(thread_join_within(thread, 0));
	assert_false(thread_join_within(thread, 1001));
	(void)close(ends[1]);
	assert_true(thread_join_within(thread, 60000));
	(void)close(ends[0]);
}

/* One that was never started. */
static void test_join_nothing(void **state)
{
	(void)state;
	thread_join(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_caller),
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_join_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
