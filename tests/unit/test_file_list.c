// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>

#include "../../user/source/file_list.h"
#include "directory.h"

static void make_file(const char *path)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	assert_non_null(f);
}

static void make_directory(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

/* What was told, a line each. */
static void say(void *data, const char *path, int error)
{
	buf_printf(data, "!%s: %s\n", path, strerror(-error));
}

static struct names excluded;

static void list(const char *path, struct buf *out)
{
	_cleanup_names_ struct names files = { 0 };

	buf_puts(out, "");
	check_int(path, file_list_add(&files, path, &excluded, say, out), 0);
	for (size_t i = 0; i < files.len; i++)
		buf_printf(out, "%s\n", files.items[i]);
}

static void check_list(const char *path, const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };

	list(path, &out);
	check_text(path, out.data, want);
}

static void test_operands(void **state)
{
	(void)state;
	make_file("named");
	check_list("named", "named\n");
	check_list("none", "none\n"); /* its reader will say so */
	check_list("", "\n");
	make_directory("empty");
	check_list("empty", "");
}

static void test_tree(void **state)
{
	(void)state;
	make_directory("t");
	make_directory("t/b");
	make_directory("t/b/c");
	make_directory("t/d.yaml");
	make_directory("t/.hidden");
	make_file("t/z.yaml");
	make_file("t/a.yml");
	make_file("t/B.json");
	make_file("t/x.txt");
	make_file("t/yaml");
	make_file("t/.yaml");
	make_file("t/.a.yaml");
	make_file("t/.hidden/a.yaml");
	make_file("t/b/b.yaml");
	make_file("t/b/c/c.yaml");
	make_file("t/b.yaml");
	make_file("t/d.yaml/e.yaml");
	check_list("t", "t/B.json\nt/a.yml\nt/b/b.yaml\nt/b/c/c.yaml\nt/b.yaml\n"
			"t/d.yaml/e.yaml\nt/z.yaml\n");
	check_list("t/b/", "t/b/b.yaml\nt/b/c/c.yaml\n");
}

static void test_links(void **state)
{
	(void)state;
	make_directory("l");
	make_directory("away");
	make_file("away/f.yaml");
	make_file("away/plain");
	assert_int_equal(symlink("../away/plain", "l/file.yaml"), 0);
	assert_int_equal(symlink("nowhere", "l/dangling.yaml"), 0);
	assert_int_equal(symlink(".", "l/circle"), 0);
	assert_int_equal(symlink("../away", "l/away.yaml"), 0);
	assert_int_equal(mkfifo("l/pipe.yaml", 0600), 0);
	check_list("l", "l/dangling.yaml\nl/file.yaml\n");
	assert_int_equal(symlink("l", "to-l"), 0);
	check_list("to-l", "to-l/dangling.yaml\nto-l/file.yaml\n");
}

static void test_depth(void **state)
{
	_cleanup_buf_ struct buf path = { 0 }, out = { 0 };

	(void)state;
	buf_puts(&path, "d");
	make_directory(path.data);
	for (int i = 0; i < FILE_LIST_DEPTH_MAX; i++) {
		if (i == FILE_LIST_DEPTH_MAX - 1) {
			buf_puts(&path, "/last.yaml");
			make_file(path.data);
			path.len -= strlen("/last.yaml");
			path.data[path.len] = '\0';
		}
		buf_puts(&path, "/d");
		make_directory(path.data);
	}
	buf_puts(&path, "/deeper.yaml");
	make_file(path.data);
	list("d", &out);
	assert_non_null(strstr(out.data, "/last.yaml\n"));
	assert_null(strstr(out.data, "deeper"));
	check_int("told", out.data[0], '!');
	assert_non_null(strstr(out.data, strerror(ELOOP)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_operands, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_tree, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_links, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_depth, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
