// SPDX-License-Identifier: MIT
#include "registry_cases.h"

#include "../../user/diff/compare_field.h"

static void test_digits(void **state)
{
	static const struct {
		uint16_t a, b;
		bool want;
	} cases[] = {
		{ 9545, 9454, true },  { 1234, 1324, true }, { 1234, 4231, true },
		{ 12, 21, true },      { 1122, 2211, true }, { 9545, 9545, false },
		{ 9545, 9445, false }, /* one digit is another */
		{ 1234, 2143, false }, /* two pairs */
		{ 1234, 2341, false }, { 123, 1323, false }, { 1, 2, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (compare_digits_exchanged(cases[i].a, cases[i].b) != cases[i].want ||
		    compare_digits_exchanged(cases[i].b, cases[i].a) != cases[i].want)
			fail_msg("%u and %u", cases[i].a, cases[i].b);
	}
}

static void test_process(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "haproxy", "haproxy", true },
		{ "HAProxy", "haproxy", true },
		{ "cluster-version operator", "cluster-version-operator", true },
		{ "ironic (internal)", "ironic internal", true },
		{ "\xc3\xa4", "\xc3\xa4", true },
		{ "etcd", "etc", false },
		{ "a b", "ab", false },
		{ "\xc3\xa4", "\xc3\xa5", false },
		{ "", "a", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int one = compare_process(cases[i].a, cases[i].b);
		int two = compare_process(cases[i].b, cases[i].a);

		check_int(cases[i].a, one == 0, cases[i].same);
		check_int(cases[i].a, one<0, two> 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
