// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include "../../user/source/source_file.h"
#include "directory.h"

/* Make a file of n bytes, each another than the one before. */
static void put_file(const char *path, size_t n)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		assert_true(fputc((int)('a' + i % 23), f) >= 0);
}

static void check_bytes(const char *name, const struct buf *got, size_t start, size_t n)
{
	check_u64(name, got->len, start + n);
	for (size_t i = 0; i < n; i++)
		if (got->data[start + i] != (char)('a' + i % 23))
			fail_msg("%s: byte %zu", name, i);
}

static int read_path(const char *path, size_t max, struct buf *out)
{
	_cleanup_close_ int fd = source_open(AT_FDCWD, path);

	return fd < 0 ? fd : source_read(fd, max, out);
}

/* Sizes around those of the pieces that are read at once, and around the bound. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 200000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		_cleanup_buf_ struct buf out = { 0 }, more = { 0 }, less = { 0 };
		char name[16];

		(void)snprintf(name, sizeof(name), "%zu", sizes[i]);
		put_file(name, sizes[i]);
		check_int(name, read_path(name, sizes[i], &out), 0);
		check_bytes(name, &out, 0, sizes[i]);
		check_int(name, read_path(name, sizes[i] + 1, &more), 0);
		check_u64(name, more.len, sizes[i]);
		if (sizes[i])
			check_int(name, read_path(name, sizes[i] - 1, &less), -EFBIG);
	}
}

/* What is there stays, and counts. */
static void test_append(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	put_file("f", 10);
	buf_puts(&out, "12345");
	check_int("too long together", read_path("f", 14, &out), -EFBIG);
	check_bytes("what was read", &out, 5, 10);
	buf_reset(&out);
	buf_puts(&out, "12345");
	check_int("both", read_path("f", 15, &out), 0);
	check_bytes("both", &out, 5, 10);
}

static void test_refused(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(mkdir("directory", 0700), 0);
	check_int("no file", read_path("none", 10, &out), -ENOENT);
	check_int("a directory", read_path("directory", 10, &out), -EINVAL);
	check_int("a pipe without a writer", read_path("fifo", 10, &out), -EINVAL);
	check_int("a device", read_path("/dev/null", 10, &out), -EINVAL);
	check_int("no descriptor", source_read(-1, 10, &out), -EBADF);
	check_int("no descriptor", source_read_stream(-1, 10, &out), -EBADF);
	check_u64("nothing", out.len, 0);
}

/* It is inherited by nothing that is started. */
static void test_open(void **state)
{
	_cleanup_close_ int dir = -1, fd = -1;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	put_file("d/f", 3);
	dir = source_open(AT_FDCWD, "d");
	assert_true(dir >= 0);
	fd = source_open(dir, "f");
	assert_true(fd >= 0);
	check_int("closed on exec", fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	check_int("does not wait", fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	check_int("not here", source_open(AT_FDCWD, "f"), -ENOENT);
}

/* A pipe that is written in pieces is read to its end. */
static void test_stream(void **state)
{
	_cleanup_buf_ struct buf out = { 0 }, less = { 0 };
	int fds[2];

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
		assert_int_equal(write(fds[1], "abc", 3), 3);
		assert_int_equal(write(fds[1], "def", 3), 3);
		assert_int_equal(close(fds[1]), 0);
		check_int("read", source_read_stream(fds[0], pass ? 5 : 6, pass ? &less : &out),
			  pass ? -EFBIG : 0);
		assert_int_equal(close(fds[0]), 0);
	}
	check_text("all of it", out.data, "abcdef");
}

/* A signal interrupts the reading of a pipe again and again; then its data comes, and its end. */
static volatile sig_atomic_t interrupts;
static int write_end = -1;

static void on_interrupt(int number)
{
	(void)number;
	interrupts++;
	if (interrupts == 3 && (write(write_end, "abc", 3) != 3 || close(write_end) < 0))
		_exit(2);
	if (interrupts == 5000) /* it has not ended since */
		_exit(3);
}

static void test_interrupted(void **state)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
	struct sigaction action = { .sa_handler = on_interrupt }, before;
	_cleanup_buf_ struct buf out = { 0 };
	int fds[2], r;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	write_end = fds[1];
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	r = source_read_stream(fds[0], 3, &out);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	check_int("read", r, 0);
	check_text("all of it", out.data, "abc");
	assert_int_equal(close(fds[0]), 0);
}

static void check_names(const char *name, const struct names *names, const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };

	for (size_t i = 0; i < names->len; i++)
		buf_printf(&out, "%s ", names->items[i]);
	check_text(name, out.data ? out.data : "", want);
}

static void test_names(void **state)
{
	_cleanup_names_ struct names names = { 0 };

	(void)state;
	names_sort(&names);
	check_names("none", &names, "");
	check_int("one", names_add(&names, 3, "b"), 0);
	check_int("two", names_add(&names, 3, "a"), 0);
	check_int("three", names_add(&names, 3, "B"), 0);
	check_int("one more", names_add(&names, 3, "c"), -E2BIG);
	check_names("as added", &names, "b a B ");
	names_sort(&names);
	check_names("by bytes", &names, "B a b ");
	names_free(&names);
	check_u64("none", names.len, 0);
	assert_null(names.items);
}

static void check_list(const char *name, size_t max, int want, const char *text)
{
	_cleanup_close_ int fd = source_open(AT_FDCWD, ".");
	_cleanup_names_ struct names names = { 0 };

	check_int(name, source_list(fd, max, source_is_layer, &names), want);
	check_names(name, &names, text);
	check_int("it stays open", fcntl(fd, F_GETFD) >= 0, true);
}

/* The names of layers, sorted, and no others; hidden files are none. */
static void test_list(void **state)
{
	static const char *const files[] = {
		"b.yaml", "a.yml", "c.yaml.yml", "B.yaml", ".hidden.yaml", "yaml",  "x.yaml~",
		"x.json", ".yml",  "x.YAML",	 "x.yam",  "x.yaml.bak",   "noend",
	};
	_cleanup_names_ struct names names = { 0 };
	_cleanup_close_ int file = -1, dir = source_open(AT_FDCWD, ".");

	(void)state;
	check_list("nothing", 0, 0, "");
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		put_file(files[i], 1);
	assert_int_equal(mkdir("d.yaml", 0700), 0);
	check_list("as many as there may be", 5, 0, "B.yaml a.yml b.yaml c.yaml.yml d.yaml ");
	check_list("one more", 4, -E2BIG, "");
	assert_int_equal(source_list(dir, 99, source_is_visible, &names), 0);
	check_names("all but hidden ones", &names,
		    "B.yaml a.yml b.yaml c.yaml.yml d.yaml noend x.YAML x.json x.yam x.yaml.bak "
		    "x.yaml~ yaml ");
	names_free(&names);
	check_int("no descriptor", source_list(-1, 9, source_is_layer, &names), -EBADF);
	file = source_open(AT_FDCWD, "noend");
	check_int("no directory", source_list(file, 9, source_is_layer, &names), -ENOTDIR);
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, into_directory, out_of_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_sizes),      IN_DIRECTORY(test_append),
		IN_DIRECTORY(test_refused),    IN_DIRECTORY(test_open),
		cmocka_unit_test(test_stream), cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_names),  IN_DIRECTORY(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
