// SPDX-License-Identifier: MIT
#include "test.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../user/base/json.h"
#include "../../user/base/jsonw.h"
#include "../../user/base/terminal.h"

static void check(const char *in, size_t len, enum terminal_form form, const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };

	terminal_put(in, len, form, &out);
	check_text(want, out.data, want);
}

struct line_case {
	const char *in, *text, *colour, *json;
};

static const struct line_case line_cases[] = {
	{ "plain", "plain", "plain", "plain" },
	{ "gr\xc3\xbc\xc3\x9f \xe2\x80\xa6", "gr\xc3\xbc\xc3\x9f \xe2\x80\xa6",
	  "gr\xc3\xbc\xc3\x9f \xe2\x80\xa6", "gr\xc3\xbc\xc3\x9f \xe2\x80\xa6" },
	{ "\033[1;31mNOTICE\033[0m x", "\\x1b[1;31mNOTICE\\x1b[0m x", "\033[1;31mNOTICE\033[0m x",
	  "\\u001b[1;31mNOTICE\\u001b[0m x" },
	{ "a[31m", "a[31m", "a[31m", "a[31m" },
	{ "a\033[0m\007b\033[1m\033[2J", "a\\x1b[0m\\x07b\\x1b[1m\\x1b[2J",
	  "a\033[0m\\x07b\033[1m\\x1b[2J", "a\\u001b[0m\\u0007b\\u001b[1m\\u001b[2J" },
	{ "\033]31m", "\\x1b]31m", "\\x1b]31m", "\\u001b]31m" },
	{ "\033[2J", "\\x1b[2J", "\\x1b[2J", "\\u001b[2J" },
	{ "\033[", "\\x1b[", "\\x1b[", "\\u001b[" },
	{ "\033[31", "\\x1b[31", "\\x1b[31", "\\u001b[31" },
	{ "\033[?1m", "\\x1b[?1m", "\\x1b[?1m", "\\u001b[?1m" },
	{ "a\033]0;x\007", "a\\x1b]0;x\\x07", "a\\x1b]0;x\\x07", "a\\u001b]0;x\\u0007" },
	{ "\x9b"
	  "2J\xff",
	  "\\x9b2J\\xff", "\\x9b2J\\xff",
	  "\xef\xbf\xbd"
	  "2J\xef\xbf\xbd" },
	{ "\xc2\x9b"
	  "2J",
	  "\\xc2\\x9b2J", "\\xc2\\x9b2J", "\\u009b2J" },
	{ "\xe2\x80\xae"
	  "x",
	  "\\xe2\\x80\\xaex", "\\xe2\\x80\\xaex", "\\u202ex" },
	{ "a\rb\tc\nd", "a\\x0db\\x09c\\x0ad", "a\\x0db\\x09c\\x0ad", "a\\u000db\\u0009c\\u000ad" },
	{ "\xe2\x80", "\\xe2\\x80", "\\xe2\\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(line_cases) / sizeof(line_cases[0]); i++) {
		const struct line_case *c = &line_cases[i];

		check(c->in, strlen(c->in), TERMINAL_TEXT, c->text);
		check(c->in, strlen(c->in), TERMINAL_COLOUR, c->colour);
		check(c->in, strlen(c->in), TERMINAL_JSON, c->json);
	}
	check("a\0b", 3, TERMINAL_TEXT, "a\\x00b");
	check("a\0b", 3, TERMINAL_JSON, "a\\u0000b");
	check("a\0b", 3, TERMINAL_COLOUR, "a\\x00b");
	check("ab\033[0mc", 2, TERMINAL_COLOUR, "ab"); /* what stands behind it is not read */
}

/* What our own writer makes of any two bytes is safe as it stands. */
static void test_own_json(void **state)
{
	_cleanup_buf_ struct buf written = { 0 }, out = { 0 };

	(void)state;
	for (unsigned int c = 0x101; c < 0x10000; c++) {
		struct jsonw w = { .out = &written };
		char text[] = { (char)(c >> 8), (char)c, '\0' };

		buf_reset(&written);
		buf_reset(&out);
		jsonw_string(&w, NULL, text);
		terminal_put(written.data, written.len, TERMINAL_JSON, &out);
		check_text("the same", out.data, written.data);
	}
}

/* What was made safe is still the document that it was. */
static void test_foreign_json(void **state)
{
	static const char line[] = "{\"a\":\"\xe2\x80\xae\xc2\x9bx\x7f\"}";
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 };
	_cleanup_(json_freep) struct json *json = NULL;

	(void)state;
	terminal_put(line, strlen(line), TERMINAL_JSON, &out);
	check_text("shown", out.data, "{\"a\":\"\\u202e\\u009bx\\u007f\"}");
	check_int("parse", json_parse(out.data, out.len, &err, &json), 0);
	check_text("value", json_member_text(json, "a", ""), "\xe2\x80\xae\xc2\x9bx\x7f");
}

/* Colours are for a terminal whose user has not set NO_COLOR. */
static void test_colour(void **state)
{
	int kept = dup(STDOUT_FILENO), pty = posix_openpt(O_RDWR | O_NOCTTY), tty;
	bool unset, empty, set, pipe_end;
	int fds[2];

	(void)state;
	assert_true(kept >= 0 && pty >= 0 && unlockpt(pty) == 0 && pipe(fds) == 0);
	tty = open(ptsname(pty), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(tty >= 0);
	(void)fflush(stdout);
	assert_int_equal(dup2(tty, STDOUT_FILENO), STDOUT_FILENO);
	assert_int_equal(unsetenv("NO_COLOR"), 0);
	unset = terminal_colour();
	assert_int_equal(setenv("NO_COLOR", "", 1), 0);
	empty = terminal_colour();
	assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
	set = terminal_colour();
	assert_int_equal(unsetenv("NO_COLOR"), 0);
	assert_int_equal(dup2(fds[1], STDOUT_FILENO), STDOUT_FILENO);
	pipe_end = terminal_colour();
	assert_int_equal(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
	check_int("a terminal", unset, true);
	check_int("NO_COLOR is empty", empty, true);
	check_int("NO_COLOR", set, false);
	check_int("a pipe", pipe_end, false);
	assert_int_equal(close(kept) | close(pty) | close(tty) | close(fds[0]) | close(fds[1]), 0);
}

/* Where nothing is set, as in a container, and where something is; numbers stay as they were. */
static void test_utf8(void **state)
{
	static const char *const locales[] = { NULL, "", "C", "POSIX", "none_SUCH", "C.UTF-8" };

	(void)state;
	for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
		const char *name = locales[i] ? locales[i] : "unset";

		assert_non_null(setlocale(LC_ALL, "C"));
		assert_int_equal(locales[i] ? setenv("LC_ALL", locales[i], 1) : unsetenv("LC_ALL"),
				 0);
		assert_int_equal(unsetenv("LC_CTYPE") | unsetenv("LANG"), 0);
		assert_int_equal(MB_CUR_MAX, 1);
		terminal_use_utf8();
		check_int(name, MB_CUR_MAX > 1, true);
		check_text(name, setlocale(LC_NUMERIC, NULL), "C");
	}
	assert_non_null(setlocale(LC_ALL, "C"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),	     cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_colour),	     cmocka_unit_test(test_own_json),
		cmocka_unit_test(test_foreign_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
