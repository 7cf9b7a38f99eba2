// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/pods/pod_key.h"

static void check_key(uint8_t mapping, const char *text, uint8_t want)
{
	check_int(text, pod_key_find(mapping, text, strlen(text)), want);
}

static void test_find(void **state)
{
	(void)state;
	check_key(POD_KEY_ROOT, "items", POD_KEY_ITEMS);
	check_key(POD_KEY_ROOT, "spec", POD_KEY_SPEC); /* a root may be a pod */
	check_key(POD_KEY_POD, "spec", POD_KEY_SPEC);
	check_key(POD_KEY_POD, "items", POD_KEY_NONE); /* a pod is no root */
	check_key(POD_KEY_SPEC, "containers", POD_KEY_CONTAINERS);
	check_key(POD_KEY_SPEC, "container", POD_KEY_NONE);
	check_key(POD_KEY_SPEC, "containersX", POD_KEY_NONE);
	check_key(POD_KEY_SPEC, "", POD_KEY_NONE);
	check_key(POD_KEY_META, "name", POD_KEY_NAME);
	check_key(POD_KEY_CONTAINER, "name", POD_KEY_CONTAINER_NAME);
	check_key(POD_KEY_PORT, "name", POD_KEY_NONE);
	check_key(POD_KEY_NONE, "spec", POD_KEY_NONE);
	check_key(POD_KEY_MAX, "spec", POD_KEY_NONE);
	check_int("a part of a text", pod_key_find(POD_KEY_META, "names", 4), POD_KEY_NAME);
}

/* Each place is a mapping, a list or a scalar, and no two of them. */
static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(pod_key_element(POD_KEY_NONE), POD_KEY_NONE);
	assert_false(pod_key_is_mapping(POD_KEY_NONE) || pod_key_is_scalar(POD_KEY_NONE));
	for (uint8_t key = POD_KEY_NONE + 1; key < POD_KEY_MAX; key++) {
		uint8_t element = pod_key_element(key);

		check_int("one of them",
			  pod_key_is_mapping(key) + pod_key_is_scalar(key) +
				  (element != POD_KEY_NONE),
			  1);
		assert_true(element == POD_KEY_NONE || pod_key_is_mapping(element));
	}
	assert_int_equal(pod_key_element(POD_KEY_PORTS), POD_KEY_PORT);
	assert_int_equal(pod_key_element(255), POD_KEY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
