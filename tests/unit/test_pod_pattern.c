// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/identity/pod_pattern.h"

#define UID "0b6e1f2a-1111"

static const struct workload web = {
	.kind = WORKLOAD_POD,
	.namespace_ = "shop",
	.pod = "web-1",
	.uid = UID,
};
static const struct workload nameless = { .kind = WORKLOAD_POD, .uid = UID };
static const struct workload unit = { .kind = WORKLOAD_UNIT, .unit = "web-1" };

static void test_names(void **state)
{
	static const struct {
		const char *pattern;
		bool web, nameless;
	} cases[] = {
		{ "shop/web-1", true, false },
		{ "web-1", true, false },
		{ "shop/*", true, false },
		{ "*/web-1", true, false },
		{ "*/web-*", true, false },
		{ "web-*", true, false },
		{ "*", true, false },
		{ "*/*", true, false },
		{ UID, true, true },
		{ "sh*p/w*1", true, false },
		{ "shop", false, false },
		{ "web", false, false },
		{ "shop/web", false, false },
		{ "shop/web-11", false, false },
		{ "other/web-1", false, false },
		{ "sho/pweb-1", false, false },
		{ "s*b-1", false, false },
		{ "0b6e*", false, false },
		{ "shop/" UID, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_int(cases[i].pattern, pod_pattern_names(cases[i].pattern, &web),
			  cases[i].web);
		check_int(cases[i].pattern, pod_pattern_names(cases[i].pattern, &nameless),
			  cases[i].nameless);
		check_int(cases[i].pattern, pod_pattern_names(cases[i].pattern, &unit), false);
	}
}

static void test_check(void **state)
{
	static const char *const good[] = { "a", "a/b", "*", "*/*" };
	static const char *const bad[] = { "", "/", "a/", "/b", "a/b/c", "a//b" };
	char text[POD_PATTERN_MAX + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		_cleanup_buf_ struct buf err = { 0 };

		check_int(good[i], pod_pattern_check(good[i], &err), 0);
		check_u64(good[i], err.len, 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		_cleanup_buf_ struct buf err = { 0 };

		check_int(bad[i], pod_pattern_check(bad[i], &err), -EINVAL);
		check_text(bad[i], err.data, "not a pod: NAMESPACE/NAME, NAME or UID");
	}
	memset(text, 'a', sizeof(text));
	for (size_t len = POD_PATTERN_MAX; len <= POD_PATTERN_MAX + 1; len++) {
		_cleanup_buf_ struct buf err = { 0 };

		text[len] = '\0';
		check_int("length", pod_pattern_check(text, &err),
			  len > POD_PATTERN_MAX ? -EINVAL : 0);
		text[len] = 'a';
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
