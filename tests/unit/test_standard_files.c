// SPDX-License-Identifier: MIT
#include "test.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "../../user/base/standard_files.h"

#define SAVED 20 /* where the test keeps what it closes */

/* The lowest descriptor that is free. */
static int next_free(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	(void)close(fd);
	return fd;
}

/* Close some of the first three, given as bits, and see that they are open again, and nothing else.
 */
static void try_closed(unsigned int bits)
{
	int free_before = next_free(), free_after;
	bool are_open = true;

	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		assert_true(dup2(fd, SAVED + fd) >= 0);
		if (bits & 1U << fd)
			(void)close(fd);
	}
	standard_files_open();
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		are_open &= fcntl(fd, F_GETFD) == 0;
	free_after = next_free();
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		(void)dup2(SAVED + fd, fd);
		(void)close(SAVED + fd);
	}
	assert_true(are_open);
	assert_int_equal(free_after, free_before);
}

static void test_closed(void **state)
{
	(void)state;
	for (unsigned int bits = 0; bits < 8; bits++)
		try_closed(bits);
}

/* One that is open stays what it is. */
static void test_open(void **state)
{
	char c = 0;
	int ends[2], saved = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
	standard_files_open();
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(read(STDIN_FILENO, &c, 1), 1);
	assert_int_equal(c, 'x');
	(void)dup2(saved, STDIN_FILENO);
	(void)close(saved);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
