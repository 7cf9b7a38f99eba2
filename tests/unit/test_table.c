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
	{ .name = "TEAM", .drop = 1 },
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
		{ 30, 30 }, { 40, 40 },	  { 60, 60 },
		{ 25, 25 }, { 200, 200 }, { 0, 80 }, /* not known, as of a serial line */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		_cleanup_(table_freep) struct table *table = filled();
		_cleanup_free_ char *text = shown(table, widths[i].width);
		char *rest = text, *line;

		if (!text)
			skip(); /* no terminals here */
		check_int("cut", strstr(text, LONG) == NULL, widths[i].most < 100);
		check_int("with a sign", strchr(text, '+') != NULL, widths[i].most < 100);
		assert_non_null(strstr(text, " site"));
		assert_non_null(strstr(text, " node"));
		while ((line = strsep(&rest, "\r\n")))
			assert_true(strlen(line) <= widths[i].most);
	}
}

/* The least important column is left out, and named. */
static void test_left_out(void **state)
{
	_cleanup_(table_freep) struct table *table = filled();
	_cleanup_free_ char *text = shown(table, 20);

	(void)state;
	if (!text)
		skip(); /* no terminals here */
	assert_non_null(strstr(text, " PORT PROCESS"));
	assert_null(strstr(text, "site"));
	assert_non_null(strstr(text, "65535 a long name o+"));
	assert_non_null(strstr(text, "(the terminal is too narrow for TEAM)"));
}

/* A character counts as what it takes on the terminal, however many bytes it has. */
static void test_characters(void **state)
{
	static const char *const row[] = {
		"1", "gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2\xe5\xad\x97 und so weiter", "x"
	};
	_cleanup_(table_freep) struct table *table = NULL;
	_cleanup_free_ char *text = NULL;

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	assert_int_equal(table_new(columns, 3, &table), 0);
	assert_int_equal(table_add(table, row), 0);
	text = shown(table, 24);
	assert_non_null(setlocale(LC_CTYPE, "C"));
	if (!text)
		skip(); /* no terminals here */
	/* 4 for the port, 1 between, 14 of the process, 1 between, 4 for the team */
	if (!strstr(text, "   1 gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2\xe5\xad\x97 und… x"))
		fail_msg("got: %s", text);
}

struct view_case {
	struct table_view view;
	const char *want; /* blanks at the ends of lines left out */
};

static const struct view_case view_cases[] = {
	{ { .columns = "team,port" },
	  "TEAM  PORT\nsite    80\nnode 65535\n-        1\nx        2\n" },
	{ { .columns = "PORT,port", .no_headings = true }, "   80\n65535\n    1\n    2\n" },
	{ { .columns = "PORT", .sort = "port" }, " PORT\n    1\n    2\n   80\n65535\n" },
	{ { .columns = "PORT", .sort = "-PORT" }, " PORT\n65535\n   80\n    2\n    1\n" },
	{ { .columns = "TEAM", .sort = "TEAM" }, "TEAM\n-\nnode\nsite\nx\n" },
	{ { .columns = "PORT,TEAM", .colour = true },
	  " PORT TEAM\n   80 site\n65535 node\n    1 -\n    2 \033[31mx\033[0m\n" },
};

static void test_views(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(view_cases); i++) {
		const struct view_case *c = &view_cases[i];
		_cleanup_(table_freep) struct table *table = filled();
		_cleanup_buf_ struct buf err = { 0 }, trimmed = { 0 };
		_cleanup_free_ char *text = NULL;
		char *rest, *line;

		table_paint(table, 2, "red");
		check_int(c->want, table_view_check(&c->view, columns, 3, &err), 0);
		table_set_view(table, &c->view);
		text = printed(table);
		for (rest = text; (line = strsep(&rest, "\n")) && rest;) {
			size_t len = strlen(line);

			while (len && line[len - 1] == ' ')
				len--;
			buf_add(&trimmed, line, len);
			buf_putc(&trimmed, '\n');
		}
		check_text(c->want, trimmed.data, c->want);
	}
}

static void test_no_column(void **state)
{
	static const struct {
		struct table_view view;
		const char *err;
	} cases[] = {
		{ { .columns = "PORT,TAEM" },
		  "TAEM: not one of PORT, PROCESS, TEAM; did you mean TEAM?" },
		{ { .columns = "" }, ": not one of PORT, PROCESS, TEAM" },
		{ { .columns = "PORT," }, ": not one of PORT, PROCESS, TEAM" },
		{ { .sort = "-prot" }, "prot: not one of PORT, PROCESS, TEAM; did you mean PORT?" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf err = { 0 };

		check_int(cases[i].err, table_view_check(&cases[i].view, columns, 3, &err),
			  -EINVAL);
		check_text(cases[i].err, err.data, cases[i].err);
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
	assert_non_null(setlocale(LC_CTYPE, "C"));
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
		cmocka_unit_test(test_full),	   cmocka_unit_test(test_piped),
		cmocka_unit_test(test_locales),	   cmocka_unit_test(test_empty),
		cmocka_unit_test(test_terminal),   cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_characters), cmocka_unit_test(test_views),
		cmocka_unit_test(test_no_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
