// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/source/exclude.h"

static void test_matches(void **state)
{
	static const struct {
		const char *glob, *path;
		bool is;
	} cases[] = {
		{ "testdata", "testdata", true },
		{ "testdata", "a/testdata/b.yaml", true },
		{ "testdata", "testdata/b/c.yaml", true },
		{ "testdata/", "/x/testdata/b.yaml", true },
		{ "testdata", "a/testdatas/b.yaml", false },
		{ "testdata", "a/b-testdata", false },
		{ "*.tmpl.yaml", "a/b.tmpl.yaml", true },
		{ "*.tmpl.yaml", "b.tmpl.yaml", true },
		{ "*.tmpl.yaml", "b.tmpl.yaml.yaml", false },
		{ "ci/x.yaml", "ci/x.yaml", true },
		{ "ci/x.yaml", "./ci/x.yaml", true },
		{ "ci/x.yaml", "a/ci/x.yaml", true },
		{ "ci/x.yaml", "aci/x.yaml", false },
		{ "ci/*.yaml", "ci/x/y.yaml", false },
		{ "ci/*", "ci/x/y.yaml", true },
		{ "*/values.yaml", "charts/a/values.yaml", true },
		{ "*/values.yaml", "values.yaml", false },
		{ "[ab].yaml", "b.yaml", true },
		{ "[ab].yaml", "c.yaml", false },
		{ "/srv/a", "/srv/a/b.yaml", true },
		{ "/srv/a", "x/srv/a/b.yaml", false },
		{ "", "a", false },
		{ "/", "a", false },
		{ "", "/a/b", false },
		{ "a", "//b//a", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (exclude_matches(cases[i].glob, cases[i].path) != cases[i].is)
			fail_msg("%s of %s", cases[i].glob, cases[i].path);
}

static void test_read(void **state)
{
	_cleanup_names_ struct names globs = { 0 };
	_cleanup_buf_ struct buf many = { 0 };

	(void)state;
	check_int("read", exclude_read("# not this\n\na/b\r\n  \n*.x \t\nlast", &globs), 0);
	check_int("globs", (long long)globs.len, 3);
	check_text("first", globs.items[0], "a/b");
	check_text("second", globs.items[1], "*.x");
	check_text("third", globs.items[2], "last");
	check_int("has", exclude_has(&globs, "y/last"), true);
	check_int("has not", exclude_has(&globs, "y/first"), false);
	for (int i = 0; i < EXCLUDE_MAX; i++)
		buf_puts(&many, "a\n");
	check_int("too many", exclude_read(many.data, &globs), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
