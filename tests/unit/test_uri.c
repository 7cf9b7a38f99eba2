// SPDX-License-Identifier: MIT
/* Which characters of a text stay in a URI, and what becomes of the others. */
#include "test.h"

#include "../../user/base/uri.h"

static void test_texts(void **state)
{
	static const struct {
		const char *text, *kept, *want;
	} cases[] = {
		{ "azAZ09-._~", "", "azAZ09-._~" },
		{ "a/b c", "/", "a/b%20c" },
		{ "a/b c", "", "a%2Fb%20c" },
		{ "\n\x01\x7f%+&#?:@[`{", "", "%0A%01%7F%25%2B%26%23%3F%3A%40%5B%60%7B" },
		{ "\xc3\xbc\xff", "", "%C3%BC%FF" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		uri_put(cases[i].text, cases[i].kept, &out);
		check_text(cases[i].text, out.data, cases[i].want);
	}
}

static void test_empty(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	uri_put("", "", &out);
	check_u64("nothing", out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
