// SPDX-License-Identifier: MIT
/* Files of programs, and which of them a process runs. */
#include "test.h"

#include "directory.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "../../user/identity/owner_files.h"

static void test_process(void **state)
{
	char self[PATH_MAX] = "", link[PATH_MAX];
	struct owner_file list[2] = { 0 };
	const struct owner_files files = { list, 2 };

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	(void)snprintf(link, sizeof(link), "%s/link", (char *)*state);
	assert_int_equal(symlink(self, link), 0);
	assert_int_equal(owner_file_find("/proc/version", &list[0]), 0);
	assert_int_equal(owner_file_find(link, &list[1]), 0);
	assert_true(list[1].inode && list[1].dev);
	check_text("this program, by a link", owner_files_of(&files, (uint32_t)getpid()), link);
	list[1].dev++;
	check_text("another device", owner_files_of(&files, (uint32_t)getpid()), "");
	list[1].dev--;
	list[1].inode++;
	check_text("none of them", owner_files_of(&files, (uint32_t)getpid()), "");
	list[1].inode = 0; /* it is gone */
	check_text("it is gone", owner_files_of(&files, (uint32_t)getpid()), "");
	assert_null(owner_files_of(&files, 0));
}

static void test_errors(void **state)
{
	struct owner_file file = { .path = "same" };

	(void)state;
	assert_int_equal(owner_file_find("/nowhere/at/all", &file), -ENOENT);
	check_text("untouched", file.path, "same");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_process, into_directory, out_of_directory),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
