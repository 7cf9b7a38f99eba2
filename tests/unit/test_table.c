// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "../../user/base/buf.h"
#include "../../user/base/table.h"

static const struct table_column columns[] = {
	{ .name = "PORT", .right = true },
	{ .name = "PROCESS", .truncate = true },
	{ .name = "TEAM" },
};

#define LONG "a long name of a process that does not fit into any terminal of such a width"

static struct table *filled(void)
{
	static const char *const rows[][3] = {
		{ "80", "nginx", "site" },
		{ "65535", LONG, "node" },
		{ "1", NULL, "" },
		{ "2", "\033[31mred", "x" },
	};
	struct table *table = NULL;

	assert_int_equal(table_new(columns, 3, &table), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(table_add(table, rows[i]), 0);
	return table;
}

/* Print to a stream that is no terminal. */
static char *printed(struct table *table)
{
	_cleanup_fclose_ FILE *out = tmpfile();
	_cleanup_buf_ struct buf b = { 0 };
	char chunk[256];
	size_t n;

	assert_non_null(out);
	assert_int_equal(table_print(table, out), 0);
	rewind(out);
	while ((n = fread(chunk, 1, sizeof(chunk), out)) > 0)
		buf_add(&b, chunk, n);
	return buf_take(&b);
}

static void test_piped(void **state)
{
	_cleanup_(table_freep) struct table *table = filled();
	_cleanup_free_ char *text = printed(table);
	static const char *const lines[] = {
		" PORT PROCESS ", " TEAM\n", "   80 nginx ",	    " site\n65535 " LONG " node\n",
		"    1 - ",	  " -\n",    "    2 \\x1b[31mred ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!strstr(text, lines[i]))
			fail_msg("no \"%s\" in:\n%s", lines[i], text);
	assert_null(strchr(text, '\033'));
}

static void test_empty(void **state)
{
	_cleanup_(table_freep) struct table *table = NULL;
	_cleanup_free_ char *text = NULL;

	(void)state;
	assert_int_equal(table_new(columns, 3, &table), 0);
	text = printed(table);
	check_text("empty", text, "");
	table_free(NULL);
}

/* Print to a terminal of a width and return its lines. */
static char *shown(struct table *table, unsigned short width)
{
	struct winsize size = { .ws_row = 25, .ws_col = width };
	_cleanup_close_ int terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	_cleanup_fclose_ FILE *out = NULL;
	_cleanup_buf_ struct buf b = { 0 };
	char chunk[4096];
	int locked = 0;
	ssize_t n;

	if (terminal < 0)
		return NULL;
	assert_int_equal(ioctl(terminal, TIOCSPTLCK, &locked), 0);
	assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
	out = fdopen(ioctl(terminal, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "w");
	assert_non_null(out);
	assert_int_equal(table_print(table, out), 0);
	assert_int_equal(fclose(TAKE_PTR(out)), 0);
	/* Once nobody has its other side open, reading ends with an error. */
	while ((n = read(terminal, chunk, sizeof(chunk))) > 0)
		buf_add(&b, chunk, (size_t)n);
	return buf_take(&b);
}

static void test_terminal(void **state)
{
	static const struct {
		unsigned short width, most;
	} widths[] = {
		{ 30, 30 },   { 40, 40 }, { 60, 60 },
		{ 200, 200 }, { 0, 80 }, /* not known, as of a serial line */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		_cleanup_(table_freep) struct table *table = filled();
		_cleanup_free_ char *text = shown(table, widths[i].width);
		char *rest = text, *line;

		if (!text)
			skip(); /* no terminals here */
		check_int("cut", strstr(text, LONG) == NULL, widths[i].most < 100);
		assert_non_null(strstr(text, " site"));
		assert_non_null(strstr(text, " node"));
		while ((line = strsep(&rest, "\r\n")))
			assert_true(strlen(line) <= widths[i].most);
	}
}

/* What the locale has no character for is no reason to hang, as the library would. */
static void test_locales(void **state)
{
	static const struct {
		const char *locale, *want;
	} cases[] = {
		{ "C", " 1 pod 0d6c\\xe2\\x80\\xa6/9f -\n" },
		{ "C.UTF-8", " 1 pod 0d6c…/9f -\n" },
	};

	(void)state;
	(void)alarm(30);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const char *const row[] = { "1", "pod 0d6c…/9f", NULL };
		_cleanup_(table_freep) struct table *table = NULL;
		_cleanup_free_ char *text = NULL;

		assert_non_null(setlocale(LC_CTYPE, cases[i].locale));
		assert_int_equal(table_new(columns, 3, &table), 0);
		assert_int_equal(table_add(table, row), 0);
		text = printed(table);
		if (!strstr(text, cases[i].want))
			fail_msg("%s: no \"%s\" in:\n%s", cases[i].locale, cases[i].want, text);
	}
	(void)alarm(0);
}

/* A table that fits into the stream's buffer must not be lost either. */
static void test_full(void **state)
{
	static const struct table_column one[] = { { .name = "A" } };
	FILE *out = fopen("/dev/full", "w");
	struct table *table = NULL;

	(void)state;
	assert_non_null(out);
	assert_int_equal(table_new(one, 1, &table), 0);
	assert_int_equal(table_add(table, (const char *[]) { "x" }), 0);
	assert_int_equal(table_print(table, out), -ENOSPC);
	(void)fclose(out);
	table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),	 cmocka_unit_test(test_piped),
		cmocka_unit_test(test_locales),	 cmocka_unit_test(test_empty),
		cmocka_unit_test(test_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
