// SPDX-License-Identifier: MIT
#include "test.h"

#include <fcntl.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
