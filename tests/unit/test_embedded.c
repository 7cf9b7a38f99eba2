// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/base/cleanup.h"
#include "../../user/checks/manifest/embedded.h"

static void test_decode(void **state)
{
	static const struct {
		const char *url;
		const char *want; /* NULL: refused */
	} urls[] = {
		{ "data:,a%20b%0Ac", "a b\nc" },
		{ "data:,", "" },
		{ "data:text/plain;charset=utf-8;base64,YSBiCmM=", "a b\nc" },
		{ "data:;base64,YQ==", "a" },
		{ "data:text/plain,a,b%2f%2F", "a,b//" },
		{ "data:;base64,Y", NULL },
		{ "data:,%", NULL },
		{ "data:,%4", NULL },
		{ "data:,%4g", NULL },
		{ "data:,a%00b", NULL },
		{ "data:a", NULL },
		{ "https://example.org/x,y", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		check_int(urls[i].url, embedded_decode(urls[i].url, &out),
			  urls[i].want ? 0 : -EINVAL);
		if (urls[i].want)
			check_text(urls[i].url, out.data ? out.data : "", urls[i].want);
	}
}

static void test_is_manifest(void **state)
{
	(void)state;
	check_int("one", embedded_is_manifest("apiVersion: v1\nkind: Pod\nhostNetwork: true"),
		  true);
	check_int("one", embedded_is_manifest("{\"apiVersion\",\"kind\",\"hostPort\""), true);
	check_int("no port", embedded_is_manifest("apiVersion: v1\nkind: Pod\n"), false);
	check_int("no kind", embedded_is_manifest("apiVersion: v1\nhostPort: 1\n"), false);
	check_int("no version", embedded_is_manifest("kind: Pod\nhostPort: 1\n"), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_is_manifest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
