// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/ctl/top_keys.h"

static struct top_keys after(const char *typed)
{
	struct top_keys keys = { 0 };

	for (; *typed; typed++)
		top_keys_take(&keys, *typed);
	return keys;
}

static void test_keys(void **state)
{
	static const struct {
		const char *typed;
		struct top_keys want;
	} cases[] = {
		{ "", { 0 } },
		{ "q", { .quit = true } },
		{ "s", { .order = TOP_ORDER_VIOLATIONS } },
		{ "ssss", { .order = TOP_ORDER_FRESH } },
		{ "v", { .only_wrong = true } },
		{ "vv", { 0 } },
		{ "/", { .typing = true } },
		{ "/qsv/", { .typing = true, .filter = "qsv/" } },
		{ "/web\ns", { .filter = "web", .order = TOP_ORDER_VIOLATIONS } },
		{ "/web\rv", { .filter = "web", .only_wrong = true } },
		{ "/web\033", { 0 } },
		{ "/web\177\177", { .typing = true, .filter = "w" } },
		{ "/w\b\b\b", { .typing = true } },
		{ "/web\n/", { .typing = true } },
		{ "/\t\x80x", { .typing = true, .filter = "x" } },
		{ "\033[A\033[B x\n", { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct top_keys keys = after(cases[i].typed);

		check_int(cases[i].typed, keys.order, cases[i].want.order);
		check_int(cases[i].typed, keys.only_wrong, cases[i].want.only_wrong);
		check_int(cases[i].typed, keys.typing, cases[i].want.typing);
		check_int(cases[i].typed, keys.quit, cases[i].want.quit);
		check_text(cases[i].typed, keys.filter, cases[i].want.filter);
	}
}

/* However much is typed, the filter has its bound. */
static void test_long_filter(void **state)
{
	struct top_keys keys = { .typing = true };

	(void)state;
	for (int i = 0; i < 1000; i++)
		top_keys_take(&keys, 'x');
	check_u64("length", strlen(keys.filter), TOP_FILTER_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_long_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
