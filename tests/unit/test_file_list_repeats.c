// SPDX-License-Identifier: MIT
#include "test.h"

#include <fcntl.h>

#include "../../user/source/file_list.h"
#include "directory.h"

#define NAMES_MAX 6

struct once_case {
	const char *name;
	const char *given[NAMES_MAX];
	const char *want;
};

static const struct once_case cases[] = {
	{ "none", { NULL }, "" },
	{ "different ones", { "b", "a", "c" }, "b a c " },
	{ "one twice", { "b", "a", "b" }, "b a " },
	{ "in another way", { "d/x", "./d/x", "d/../a", "a" }, "d/x d/../a " },
	{ "a hard link", { "a", "hard" }, "a " },
	{ "a symbolic link", { "soft", "a" }, "soft " },
	{ "through a directory's link", { "link/x", "d/x" }, "link/x " },
	{ "the same text in another file", { "a", "b" }, "a b " },
	{ "three times, the first stays", { "c", "soft", "a", "hard", "c", "b" }, "c soft b " },
	{ "no such file", { "none", "none" }, "none none " },
	{ "a link that leads nowhere", { "dangling", "dangling" }, "dangling dangling " },
	{ "pipes", { "pipe", "pipe" }, "pipe pipe " },
	{ "standard input", { "-", "a", "-" }, "- a " },
};

static void make_files(void)
{
	static const char *const names[] = { "a", "b", "c", "d/x" };

	assert_int_equal(mkdir("d", 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_fclose_ FILE *f = fopen(names[i], "we");

		assert_non_null(f);
	}
	assert_int_equal(link("a", "hard"), 0);
	assert_int_equal(symlink("a", "soft"), 0);
	assert_int_equal(symlink("d", "link"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(mkfifo("pipe", 0600), 0);
}

static void check_once(const char *name, const char *const *given, const char *want)
{
	_cleanup_names_ struct names files = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	for (size_t i = 0; i < NAMES_MAX && given[i]; i++)
		check_int(name, names_add(&files, NAMES_MAX, given[i]), 0);
	check_int(name, file_list_drop_repeats(&files), 0);
	buf_puts(&out, "");
	for (size_t i = 0; i < files.len; i++)
		buf_printf(&out, "%s ", files.items[i]);
	check_text(name, out.data, want);
}

static void test_once(void **state)
{
	(void)state;
	make_files();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_once(cases[i].name, cases[i].given, cases[i].want);
}

/* Standard input may be a file that is named as well. */
static void test_standard_input(void **state)
{
	static const char *const before[NAMES_MAX] = { "-", "b", "a" };
	static const char *const after[NAMES_MAX] = { "a", "b", "-" };
	_cleanup_close_ int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	_cleanup_close_ int fd = -1;

	(void)state;
	make_files();
	fd = open("a", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	check_once("named after it", before, "- b ");
	check_once("named before it", after, "a b ");
	if (kept >= 0)
		(void)dup2(kept, STDIN_FILENO);
	else
		(void)close(STDIN_FILENO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_standard_input, into_directory,
						out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
