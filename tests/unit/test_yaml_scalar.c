// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/formats/yaml_scalar.h"

struct scalar_case {
	const char *text, *want;
};

static const struct scalar_case cases[] = {
	{ "haproxy", "haproxy" },
	{ "cluster infra", "cluster infra" },
	{ "ironic (internal)", "ironic (internal)" },
	{ "/usr/bin/crio", "/usr/bin/crio" },
	/* what other readers would take for something else */
	{ "yes", "\"yes\"" },
	{ "No", "\"No\"" },
	{ "NULL", "\"NULL\"" },
	{ "on", "\"on\"" },
	{ "y", "\"y\"" },
	{ "4.10", "\"4.10\"" },
	{ "0x10", "\"0x10\"" },
	{ "1_000", "\"1_000\"" },
	{ "2027-03-31", "\"2027-03-31\"" },
	{ ".inf", "\".inf\"" },
	{ "~", "\"~\"" },
	{ "?", "\"?\"" },
	{ "- a", "\"- a\"" },
	{ "", "\"\"" },
	/* what ends or starts something */
	{ "a: b", "\"a: b\"" },
	{ "a #b", "\"a #b\"" },
	{ "a, b", "\"a, b\"" },
	{ "a}", "\"a}\"" },
	{ "[a", "\"[a\"" },
	{ "*", "\"*\"" },
	{ "&a", "\"&a\"" },
	{ "!a", "\"!a\"" },
	{ "%a", "\"%a\"" },
	{ "@a", "\"@a\"" },
	{ "`a`", "\"`a`\"" },
	{ " a", "\" a\"" },
	{ "a ", "\"a \"" },
	{ "a\\\"b", "\"a\\\\\\\"b\"" },
	/* what a terminal or another reader must not see */
	{ "a\nb\tc\rd", "\"a\\nb\\tc\\x0Dd\"" },
	{ "\x1b[31m", "\"\\x1B[31m\"" },
	{ "\xc2\x85", "\"\\x85\"" },
	{ "\xe2\x80\xae", "\"\\u202E\"" },
	{ "\xef\xbf\xbf", "\"\\uFFFF\"" },
	{ "\xef\xbb\xbf", "\"\\uFEFF\"" },
	{ "\xff", "\"\\uFFFD\"" },
	{ "\xc3\xa4\xf0\x9f\x98\x80", "\"\xc3\xa4\xf0\x9f\x98\x80\"" },
};

static void test_scalars(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		yaml_scalar(cases[i].text, &out);
		check_text(cases[i].text, out.data, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
