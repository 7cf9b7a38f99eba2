// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/registry/diag.h"

static void test_forms(void **state)
{
	_cleanup_diags_ struct diags d = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	diags_add(&d, "a.yaml", 3, 12, "ports: %d: not a port", 70000);
	diags_add(&d, "b.yaml", 0, 0, "cannot be read");
	diags_text(&d, &out);
	check_text("forms", out.data,
		   "a.yaml:3:12: ports: 70000: not a port\nb.yaml: cannot be read\n");
	check_int("kept", (long long)d.len, 2);
	check_int("found", (long long)d.total, 2);
}

static void test_empty(void **state)
{
	_cleanup_diags_ struct diags d = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	diags_text(&d, &out);
	check_int("nothing", (long long)out.len, 0);
}

static void test_bounded(void **state)
{
	_cleanup_diags_ struct diags d = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	for (int i = 0; i < DIAGS_MAX + 7; i++)
		diags_add(&d, "f", (unsigned int)i + 1, 1, "m");
	check_int("kept", (long long)d.len, DIAGS_MAX);
	check_int("found", (long long)d.total, DIAGS_MAX + 7);
	diags_text(&d, &out);
	check_text("last line", strrchr(out.data, 'a'), "and 7 more\n");
	diags_free(&d);
	check_int("freed", (long long)(d.len + d.total), 0);
}

/* As many as are kept: there is no last line. */
static void test_full(void **state)
{
	_cleanup_diags_ struct diags d = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	for (int i = 0; i < DIAGS_MAX; i++)
		diags_add(&d, "f", (unsigned int)i + 1, 1, "m");
	diags_text(&d, &out);
	check_text("last line", out.data + out.len - strlen("f:100:1: m\n"), "f:100:1: m\n");
	diags_add(&d, "f", 1, 1, "m");
	buf_reset(&out);
	diags_text(&d, &out);
	check_text("one more", strrchr(out.data, 'a'), "and 1 more\n");
}

/* Where there was no memory for a text, the rest is there. */
static void test_missing(void **state)
{
	char file[] = "f", message[] = "m";
	const struct diag no_file = { .line = 1, .column = 2, .message = message };
	const struct diag no_message = { .file = file, .line = 1, .column = 2 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	diag_text(&no_file, &out);
	buf_putc(&out, '\n');
	diag_text(&no_message, &out);
	check_text("missing", out.data, "?:1:2: m\nf:1:2: out of memory");
}

/* Files and what they hold come from outside. */
static void test_safe(void **state)
{
	_cleanup_diags_ struct diags d = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	diags_add(&d, "a\x1b[2J", 1, 1, "name: \x1b]0;x\a: not a name\n");
	diags_text(&d, &out);
	check_text("safe", out.data, "a\\x1b[2J:1:1: name: \\x1b]0;x\\x07: not a name\\x0a\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),	cmocka_unit_test(test_empty),
		cmocka_unit_test(test_bounded), cmocka_unit_test(test_full),
		cmocka_unit_test(test_missing), cmocka_unit_test(test_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
