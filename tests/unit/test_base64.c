// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/base64.h"

static const char *const good[][2] = {
	{ "", "" },
	{ "Zg==", "f" },
	{ "Zm8=", "fo" },
	{ "Zm9v", "foo" },
	{ "Zm9vYg==", "foob" },
	{ "Zm9vYmE=", "fooba" },
	{ "Zm9vYmFy", "foobar" },
	{ "Zm9v\r\n\tYmFy \n", "foobar" },
	{ "Zg", "f" },
	{ "Pz8+", "\x3f\x3f\x3e" },
};

static const char *const bad[] = { "Z",	       "Zm9vY", "Z===", "Zg=",	"Zg===",
				   "Zg==Zg==", "Zm9v=", "=",	"Zm-v", "Zm9\x80" };

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		check_int(good[i][0], base64_decode(good[i][0], &out), 0);
		check_text(good[i][0], out.data ? out.data : "", good[i][1]);
	}
}

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		check_int(bad[i], base64_decode(bad[i], &out), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
