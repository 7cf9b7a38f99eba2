// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/endpoint.h"

static const struct {
	const char *text;
	struct endpoint want;
} good[] = {
	{ "127.0.0.1:9937", { 4, { 127, 0, 0, 1 }, 9937 } },
	{ "0.0.0.0:1", { 4, { 0 }, 1 } },
	{ "[::]:65535", { 6, { 0 }, 65535 } },
	{ "[::1]:80", { 6, { [15] = 1 }, 80 } },
	{ "[fd00:1:2:3:4:5:6:7]:9937",
	  { 6, { 0xfd, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7 }, 9937 } },
	{ "[::ffff:127.0.0.1]:9937", { 6, { [10] = 0xff, 0xff, 127, 0, 0, 1 }, 9937 } },
	{ "[1111:1111:1111:1111:1111:1111:255.255.255.255]:9",
	  { 6, { 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 255, 255, 255, 255 }, 9 } },
};

static const char *const bad[] = {
	"",
	":",
	":9937",
	"9937",
	"127.0.0.1",
	"127.0.0.1:",
	"127.0.0.1:0",
	"127.0.0.1:65536",
	"127.0.0.1:+1",
	"127.0.0.1:9937 ",
	"127.0.0.1:9937:9937",
	"127.0.0.1.1:9937",
	"127.1:9937",
	"localhost:9937",
	"*:9937",
	"[",
	"[]",
	"[:",
	"[]:9937",
	"[::]",
	"[::]9937",
	"[::",
	"[::]:",
	"[::1]:0",
	"::1:9937",
	"::]:9937",
	"[127.0.0.1]:9937",
	"[fe80::1%eth0]:9937",
	"[1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111]:9937",
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct endpoint got = { .port = 4711 };

		check_int(good[i].text, endpoint_parse(good[i].text, &got), 0);
		check_int(good[i].text, got.family, good[i].want.family);
		check_int(good[i].text, got.port, good[i].want.port);
		if (memcmp(got.addr, good[i].want.addr, sizeof(got.addr)) != 0)
			fail_msg("%s: another address", good[i].text);
	}
}

/* What is refused leaves what was there. */
static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct endpoint got = { .family = 4, .port = 4711 };

		check_int(bad[i], endpoint_parse(bad[i], &got), -EINVAL);
		check_int(bad[i], got.port, 4711);
		check_int(bad[i], got.family, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_good),
					    cmocka_unit_test(test_bad) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
