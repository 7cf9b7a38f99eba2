// SPDX-License-Identifier: MIT
#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "../../user/source/watched_paths.h"
#include "directory.h"

static struct watched_paths watched(const char *const *specs, size_t n)
{
	return (struct watched_paths) { .specs = specs, .len = n, .is_wanted = source_is_layer };
}

static int find(const char *const *specs, size_t n, struct names *ret_paths)
{
	const struct watched_paths paths = watched(specs, n);

	return watched_paths_find(&paths, ret_paths);
}

static uint64_t stamp_all(const char *const *specs, size_t n)
{
	const struct watched_paths paths = watched(specs, n);

	return watched_paths_stamp(&paths);
}

static bool any(const char *const *specs, size_t n)
{
	const struct watched_paths paths = watched(specs, n);

	return watched_paths_any(&paths);
}

static void put_file(const char *path, const char *text)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

/* Below the working directory, which stands in them as "~"; others as they are. */
static void check_paths(const char *name, const char *const *specs, size_t n, const char *want)
{
	_cleanup_names_ struct names paths = { 0 };
	_cleanup_free_ char *here = getcwd(NULL, 0);
	_cleanup_buf_ struct buf got = { 0 };

	assert_non_null(here);
	assert_int_equal(find(specs, n, &paths), 0);
	for (size_t i = 0; i < paths.len; i++) {
		const char *p = paths.items[i];
		size_t len = strlen(here);

		if (strncmp(p, here, len) == 0)
			buf_printf(&got, "~%s ", p + len);
		else
			buf_printf(&got, "%s ", p);
	}
	check_text(name, got.data, want);
}

#define PLACES(want, ...)                                                                          \
	do {                                                                                       \
		const char *const specs[] = { __VA_ARGS__ };                                       \
                                                                                                   \
		check_paths(#__VA_ARGS__, specs, ARRAY_LEN(specs), want);                          \
	} while (0)

static void test_paths(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d", 0755) | mkdir("e", 0755) | mkdir("e/v1", 0755), 0);
	put_file("d/a.yaml", "");
	put_file("e/v1/b.yaml", "");
	PLACES(NULL, "builtin:openshift");
	PLACES("d ~/d ", "d/a.yaml");
	PLACES("d ~/d ", "builtin:openshift", "d/a.yaml");
	PLACES(". ~ d ~/d ", "none.yaml/", "d");
}

/* In the order in which they are found: what is named twice stands there once. */
static void test_links(void **state)
{
	(void)state;
	assert_int_equal(symlink("../e/v1/b.yaml", "d/b.yaml"), 0);
	assert_int_equal(symlink("v1", "e/..data"), 0);
	assert_int_equal(symlink("..data/b.yaml", "e/b.yaml"), 0);
	assert_int_equal(symlink("d", "link"), 0);
	PLACES("d ~/e/v1 ", "d/b.yaml");
	PLACES(". ~ e ~/e/v1 ", "e");
	PLACES(". ~ link ~/d ~/e/v1 ", "link", "builtin:hostportd");
	PLACES(". ~ link/ ~/d ~/e/v1 ", "link/");
}

static void test_missing(void **state)
{
	(void)state;
	PLACES("d ", "d/none.yaml");
	PLACES("d ", "d/no/such/none.yaml");
	PLACES(". ", "no/such/none.yaml");
	PLACES("/ ", "/no-such/none.yaml");
}

static void test_ends(void **state)
{
	_cleanup_buf_ struct buf longest = { 0 };

	(void)state;
	for (int i = 0; i < PATH_MAX; i++)
		buf_putc(&longest, i % 2 ? '/' : 'x');
	PLACES(NULL, "");
	PLACES("/ ", "/");
	PLACES("/ ", "/no-such");
	PLACES(". ", "no-such");
	PLACES(". ", "no-such//");
	PLACES(NULL, longest.data);
	longest.data[PATH_MAX - 1] = '\0';
	PLACES(". ", longest.data);
}

/* No more than so many, however many there are. */
static void test_bound(void **state)
{
	char names[WATCHED_PATHS_MAX + 2][16];
	const char *specs[ARRAY_LEN(names)];
	_cleanup_names_ struct names most = { 0 }, more = { 0 };

	(void)state;
	assert_int_equal(mkdir("many", 0755), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		(void)snprintf(names[i], sizeof(names[i]), "many/%zu", i);
		assert_int_equal(mkdir(names[i], 0755), 0);
		(void)strcat(names[i], "/f");
		specs[i] = names[i];
	}
	assert_int_equal(find(specs, WATCHED_PATHS_MAX, &most), 0);
	check_u64("most", most.len, WATCHED_PATHS_MAX);
	check_text("the last", most.items[WATCHED_PATHS_MAX - 1], "many/255");
	assert_int_equal(find(specs, ARRAY_LEN(specs), &more), 0);
	check_u64("no more", more.len, WATCHED_PATHS_MAX);
}

static uint64_t stamp(const char *spec)
{
	return stamp_all(&spec, 1);
}

static void set_times(const char *path, time_t s)
{
	const struct timespec times[2] = { { .tv_sec = s }, { .tv_sec = s } };

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_stamp(void **state)
{
	const char *const directory = "s";
	struct watched_paths visible = watched(&directory, 1);
	uint64_t none, one, two, all;

	(void)state;
	none = stamp("s/a.yaml");
	assert_int_equal(mkdir("s", 0755), 0);
	put_file("s/a.yaml", "text");
	set_times("s/a.yaml", 1000);
	one = stamp("s/a.yaml");
	assert_true(one && none && one != none);
	check_u64("nothing has changed", stamp("s/a.yaml"), one);
	set_times("s/a.yaml", 1001);
	two = stamp("s/a.yaml");
	assert_true(two != one);
	assert_int_equal(chmod("s/a.yaml", 0600), 0);
	assert_true(stamp("s/a.yaml") != two);
	one = stamp("s");
	set_times("s/a.yaml", 1002);
	assert_true(stamp("s") != one); /* a layer in the directory has changed */
	one = stamp("s");
	put_file("s/.hidden.yaml", "x");
	put_file("s/notes.txt", "x");
	check_u64("no layers", stamp("s"), one);
	put_file("s/b.yaml", "x");
	two = stamp("s");
	assert_true(two != one);
	assert_int_equal(rename("s/b.yaml", "s/c.yaml"), 0);
	assert_true(stamp("s") != two && stamp("s") != one);
	assert_int_equal(unlink("s/c.yaml"), 0);
	check_u64("as it was", stamp("s"), one);
	visible.is_wanted = source_is_visible;
	all = watched_paths_stamp(&visible);
	put_file("s/notes.txt", "other");
	check_u64("layers alone", stamp("s"), one);
	assert_true(watched_paths_stamp(&visible) != all);
	all = watched_paths_stamp(&visible);
	put_file("s/.hidden.yaml", "other");
	check_u64("not what is hidden", watched_paths_stamp(&visible), all);
	check_u64("built-in ones never change", stamp("builtin:openshift"), stamp("builtin:none"));
}

/* Why there is no file is a change, too; and each of several specs counts. */
static void test_stamp_errors(void **state)
{
	const char *const specs[] = { "q/x.yaml", "r.yaml", "builtin:openshift" };
	uint64_t none, one, both;

	(void)state;
	none = stamp_all(specs, 3);
	put_file("q", "");
	one = stamp_all(specs, 3);
	assert_true(one != none); /* q is no directory */
	put_file("r.yaml", "x");
	both = stamp_all(specs, 3);
	assert_true(both != one && both != none);
	check_u64("without the built-in one", stamp_all(specs, 2), both);
	assert_true(stamp_all(specs, 1) != both);
	assert_true(stamp_all(specs, 0) != 0);
	assert_int_equal(mkdir("v", 0755), 0);
	none = stamp("v");
	assert_int_equal(symlink("nowhere", "v/a.yaml"), 0);
	assert_true(stamp("v") != none);
	one = stamp("v");
	assert_int_equal(unlink("v/a.yaml") | rmdir("v"), 0);
	assert_true(stamp("v") != one && stamp("v") != none);
}

static void test_any(void **state)
{
	const char *const specs[] = { "builtin:openshift", "d", "builtin:hostportd" };

	(void)state;
	check_int("none", any(specs, 0), false);
	check_int("built-in", any(specs, 1), false);
	check_int("a directory", any(specs, 2), true);
	check_int("first a directory", any(specs + 1, 2), true);
	check_int("built-in after it", any(specs + 2, 1), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),	     cmocka_unit_test(test_links),
		cmocka_unit_test(test_missing),	     cmocka_unit_test(test_ends),
		cmocka_unit_test(test_bound),	     cmocka_unit_test(test_stamp),
		cmocka_unit_test(test_stamp_errors), cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, into_directory, out_of_directory);
}
