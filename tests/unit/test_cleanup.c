// SPDX-License-Identifier: MIT
/* What an owned local does at the end of its scope, and what TAKE_… leaves. Memory: LeakSanitizer.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "../../user/base/cleanup.h"

static int open_null(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void test_close(void **state)
{
	int seen, stdin_kept = dup(STDIN_FILENO), taken;

	(void)state;
	assert_true(stdin_kept >= 0);
	{
		_cleanup_close_ int fd = open_null();

		seen = fd;
		assert_true(is_open(seen));
	}
	check_int("closed", is_open(seen), false);
	{
		_cleanup_close_ int fd = open_null();

		taken = TAKE_FD(fd);
		check_int("given away", fd, -1);
	}
	check_int("taken", is_open(taken), true);
	assert_int_equal(close(taken), 0);

	{
		_cleanup_close_ int fd = STDIN_FILENO;

		(void)fd;
	}
	check_int("0 is a descriptor, too", is_open(STDIN_FILENO), false);
	assert_int_equal(dup2(stdin_kept, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(close(stdin_kept), 0);
}

/* An error's number outlives a cleanup that has nothing to do. */
static void test_nothing(void **state)
{
	(void)state;
	errno = ENOLCK;
	{
		_cleanup_close_ int fd = -1;
		_cleanup_fclose_ FILE *file = NULL;
		_cleanup_closedir_ DIR *dir = NULL;
		_cleanup_free_ char *text = NULL;

		(void)fd, (void)file, (void)dir, (void)text;
	}
	check_int("errno", errno, ENOLCK);
}

static void test_streams(void **state)
{
	int file_fd, dir_fd;
	FILE *taken;

	(void)state;
	{
		_cleanup_fclose_ FILE *file = fopen("/dev/null", "re");
		_cleanup_closedir_ DIR *dir = opendir("/");

		assert_true(file && dir);
		file_fd = fileno(file);
		dir_fd = dirfd(dir);
		assert_true(is_open(file_fd) && is_open(dir_fd));
	}
	check_int("file", is_open(file_fd), false);
	check_int("directory", is_open(dir_fd), false);
	{
		_cleanup_fclose_ FILE *file = fopen("/dev/null", "re");

		taken = TAKE_PTR(file);
		assert_null(file);
	}
	check_int("taken", is_open(fileno(taken)), true);
	assert_int_equal(fclose(taken), 0);
}

static void put_mark(int **at)
{
	(**at)++;
}

DEFINE_CLEANUP(int *, put_mark)

/* A type's own function is called once, and not for NULL. */
static void test_own(void **state)
{
	int marks = 0, *at = &marks;

	(void)state;
	{
		_cleanup_(put_markp) int **given = &at, **none = NULL;

		(void)given, (void)none;
	}
	check_int("once", marks, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
