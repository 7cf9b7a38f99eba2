// SPDX-License-Identifier: MIT
#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "../../user/base/buf.h"
#include "../../user/base/log.h"

/* Standard error, caught in a file for as long as `what` runs. */
static char *caught(void (*what)(void))
{
	_cleanup_close_ int before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	_cleanup_fclose_ FILE *file = tmpfile();
	_cleanup_buf_ struct buf b = { 0 };
	char chunk[4096];
	size_t n;

	assert_true(before >= 0 && file);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	what();
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	rewind(file);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(&b, chunk, n);
	return buf_take(&b);
}

static void say_all(void)
{
	log_error("an %s", "error");
	log_warning("a warning");
	log_info("an info");
	log_debug("a debug");
	log_info("%s", "from\noutside\033[31m");
}

static void test_levels(void **state)
{
	_cleanup_free_ char *some = NULL, *all = NULL;

	(void)state;
	log_setup("prog", LOG_LEVEL_WARNING);
	some = caught(say_all);
	check_text("warning", some, "prog: an error\nprog: a warning\n");
	log_setup("prog", LOG_LEVEL_DEBUG);
	all = caught(say_all);
	check_text("debug", all,
		   "prog: an error\nprog: a warning\nprog: an info\nprog: a debug\n"
		   "prog: from\\x0aoutside\\x1b[31m\n");
}

static void fill(int fd)
{
	assert_true(fcntl(fd, F_SETFL, O_NONBLOCK) >= 0);
	while (write(fd, "x", 1) == 1)
		;
	assert_true(fcntl(fd, F_SETFL, 0) >= 0);
}

/* Read the pipe empty; what filled it is left out. */
static void empty(int fd, char *ret_rest, size_t size)
{
	ssize_t n = 0;
	size_t at = 0;

	assert_true(fcntl(fd, F_SETFL, O_NONBLOCK) >= 0);
	while (at < size - 1 && (n = read(fd, ret_rest + at, size - 1 - at)) > 0) {
		ret_rest[at + (size_t)n] = '\0';
		at = ret_rest[0] == 'x' ? 0 : at + (size_t)n;
	}
	ret_rest[at] = '\0';
}

/* A reader that stands still; then it reads again. */
static void test_never_waits(void **state)
{
	int before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), ends[2];
	char rest[2 * PIPE_BUF], *longer = calloc(1, 2 * PIPE_BUF);

	(void)state;
	assert_true(before >= 0 && longer && pipe(ends) == 0);
	memset(longer, 'y', 2 * PIPE_BUF - 1);
	log_setup("prog", LOG_LEVEL_INFO);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	log_never_wait();
	fill(STDERR_FILENO);
	log_error("one"); /* would wait for ever */
	log_error("two");
	empty(ends[0], rest, sizeof(rest));
	log_error("three");
	empty(ends[0], rest, sizeof(rest));
	check_text("read again", rest,
		   "prog: 2 messages lost: standard error was not read\nprog: three\n");
	log_error("four");
	empty(ends[0], rest, sizeof(rest));
	check_text("the loss is told once", rest, "prog: four\n");
	log_error("%s", longer);
	empty(ends[0], rest, sizeof(rest));
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	assert_int_equal(strlen(rest), PIPE_BUF);
	assert_int_equal(rest[PIPE_BUF - 1], '\n');
	free(longer);
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_never_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
