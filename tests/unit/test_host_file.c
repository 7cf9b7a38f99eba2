// SPDX-License-Identifier: MIT
/* Files as process 1 has them. */
#include "test.h"

#include "directory.h"

#include <errno.h>
#include <fcntl.h>

#include "../../user/identity/host_file.h"

static void test_open(void **state)
{
	_cleanup_close_ int file = -1, dir = -1, link = -1;
	char path[256];

	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(symlink("d", "link"), 0);
	(void)snprintf(path, sizeof(path), "%s/d", (char *)*state);
	dir = host_file_open(path, O_RDONLY | O_DIRECTORY);
	assert_true(dir >= 0);
	check_int("not inherited", fcntl(dir, F_GETFD), FD_CLOEXEC);
	(void)snprintf(path, sizeof(path), "%s/link", (char *)*state);
	link = host_file_open(path, O_RDONLY | O_DIRECTORY);
	assert_true(link >= 0);
	file = host_file_open("/proc/version", O_RDONLY);
	assert_true(file >= 0);
	check_int("no directory", host_file_open("/proc/version", O_RDONLY | O_DIRECTORY),
		  -ENOTDIR);
	check_int("nothing", host_file_open("/nowhere/at/all", O_RDONLY), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
