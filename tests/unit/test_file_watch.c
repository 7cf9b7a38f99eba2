// SPDX-License-Identifier: MIT
/* Files that change, and when they are read: at once, later, and less and less often. */
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "directory.h"
#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"

#include "../../user/agent/file_watch.h"
#include "../../user/base/clock.h"

static const char *const specs[] = { "r.yaml" };
static int result;
static unsigned int calls;
static uint64_t last_stamp;

static int on_change(void *data, uint64_t stamp)
{
	(void)data;
	calls++;
	last_stamp = stamp;
	return result;
}

static void write_file(const char *text)
{
	FILE *f = fopen("r.yaml", "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void start(struct file_watch *watch, struct loop *loop)
{
	write_file("a");
	calls = 0;
	*watch = (struct file_watch) {
		.paths = { .specs = specs, .len = 1, .is_wanted = source_is_layer },
		.what = "test",
		.changed = on_change,
	};
	watch->stamp = watched_paths_stamp(&watch->paths);
	assert_int_equal(file_watch_start(watch, loop), 0);
	assert_int_equal(watch->error, 0);
}

static void stop(struct file_watch *watch, struct loop *loop)
{
	file_watch_stop(watch);
	loop_free(loop);
}

/* The timer comes as it was set, for so long. How often were the files read? */
static unsigned int pass_s(struct file_watch *watch, unsigned int seconds)
{
	uint64_t end_ms = clock_boot_ms() + seconds * 1000ULL;
	unsigned int before = calls;

	while (clock_boot_ms() + watch->timer->ms <= end_ms) {
		fake_pass_ms(watch->timer->ms);
		fake_fire(watch->timer, 0);
	}
	return calls - before;
}

/* Another file of the directory changes, many times a second, for so long. */
static unsigned int pass_busy_ms(struct file_watch *watch, uint64_t total_ms)
{
	unsigned int before = calls;

	for (uint64_t ms = 0; ms < total_ms; ms += FILE_WATCH_SETTLE_MS) {
		fake_fire(watch->source, EPOLLIN);
		fake_pass_ms(FILE_WATCH_SETTLE_MS);
		fake_fire(watch->timer, 0);
	}
	return calls - before;
}

static struct loop *new_loop(void)
{
	struct loop *loop;

	assert_int_equal(loop_new(&loop), 0);
	return loop;
}

static void test_taken(void **state)
{
	struct loop *loop = new_loop();
	struct file_watch watch;

	(void)state;
	result = 0;
	start(&watch, loop);
	assert_int_equal(pass_s(&watch, 600), 0);
	write_file("ab");
	assert_int_equal(pass_busy_ms(&watch, 1000), 1);
	assert_true(last_stamp == watched_paths_stamp(&watch.paths));
	assert_int_equal(pass_busy_ms(&watch, 600000), 0);
	assert_true(file_watch_force(&watch));
	assert_int_equal(pass_s(&watch, 600), 1);
	stop(&watch, loop);
}

/* What can't be taken is read again after half a minute, and at last every eight minutes. */
static void test_refused(void **state)
{
	static const unsigned int waits_s[] = { 30, 60, 120, 240, 480, 480, 480 };
	struct loop *loop = new_loop();
	struct file_watch watch;

	(void)state;
	result = -EINVAL;
	start(&watch, loop);
	write_file("ab");
	assert_int_equal(pass_busy_ms(&watch, 1), 0); /* does it come to rest? */
	assert_int_equal(pass_s(&watch, 1), 1);
	for (size_t i = 0; i < ARRAY_LEN(waits_s); i++) {
		check_u64("left alone", pass_s(&watch, waits_s[i] - 30), 0);
		check_u64("tried again", pass_s(&watch, 31), 1);
	}
	write_file("abc");
	check_u64("another text", pass_s(&watch, 31), 1);
	check_u64("another text, again", pass_s(&watch, 31), 1);
	result = 0;
	assert_true(file_watch_force(&watch));
	assert_int_equal(pass_s(&watch, 1), 1);
	assert_int_equal(pass_s(&watch, 600), 0);
	stop(&watch, loop);
}

/* Files beside it that change all the time don't have it read more often. */
static void test_busy(void **state)
{
	struct loop *loop = new_loop();
	struct file_watch watch;

	(void)state;
	result = -EINVAL;
	start(&watch, loop);
	write_file("ab");
	assert_int_equal(pass_busy_ms(&watch, 900000), 6); /* at 0, 15, 60, 165, 390, 855 seconds */
	stop(&watch, loop);
}

/* While it is read, it is asked after again and again, and does not count as restless. */
static void test_in_progress(void **state)
{
	struct loop *loop = new_loop();
	struct file_watch watch;

	(void)state;
	result = -EINPROGRESS;
	start(&watch, loop);
	write_file("ab");
	assert_in_range(pass_s(&watch, 60), 100, 400);
	assert_true(last_stamp == watched_paths_stamp(&watch.paths));
	result = 0;
	assert_int_equal(pass_s(&watch, 60), 1);
	stop(&watch, loop);
}

/* Files that do not come to rest are taken after a while all the same. */
static void test_restless(void **state)
{
	struct loop *loop = new_loop();
	struct file_watch watch;
	uint64_t begin_ms;

	(void)state;
	result = 0;
	start(&watch, loop);
	begin_ms = clock_boot_ms();
	for (unsigned int i = 0; !calls && i < 100; i++) {
		write_file(i % 2 ? "ab" : "abc");
		(void)pass_busy_ms(&watch, 1);
	}
	check_u64("after a while", clock_boot_ms() - begin_ms >= FILE_WATCH_WAIT_MS, true);
	check_u64("no stamp, as they may have changed", last_stamp, 0);
	assert_int_equal(calls, 1);
	stop(&watch, loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_taken, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_refused, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_busy, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_in_progress, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_restless, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
