// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "../../user/registry/yaml_anchors.h"

#define NO_NODE 12345U

/* The node of a name; NO_NODE: the name is not known. */
static uint32_t node_of(const struct yaml_anchors *anchors, const char *name)
{
	uint32_t node = NO_NODE;
	int r = yaml_anchors_find(anchors, name, &node);

	check_int(name, r, node == NO_NODE ? -ENOENT : 0);
	return node;
}

static void test_none(void **state)
{
	struct yaml_anchors anchors = { 0 };

	(void)state;
	check_u64("not known", node_of(&anchors, "a"), NO_NODE);
	yaml_anchors_free(&anchors);
}

/* Names are found in whatever order they come, and only they. */
static void test_orders(void **state)
{
	static const char *const names[] = { "b", "d", "a", "ab", "c", "e" };
	static const char *const others[] = { "", "aa", "abc", "bb", "f", "B" };

	(void)state;
	for (size_t turn = 0; turn < 2 * ARRAY_LEN(names); turn++) {
		struct yaml_anchors anchors = { 0 };

		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			size_t n = (turn + i) % ARRAY_LEN(names);

			if (turn >= ARRAY_LEN(names))
				n = ARRAY_LEN(names) - 1 - n;
			check_int("set", yaml_anchors_set(&anchors, names[n], (uint32_t)n), 0);
		}
		check_u64("all", anchors.len, ARRAY_LEN(names));
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			check_u64(names[i], node_of(&anchors, names[i]), i);
		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			check_u64(others[i], node_of(&anchors, others[i]), NO_NODE);
		for (size_t i = 1; i < anchors.len; i++)
			assert_true(strcmp(anchors.items[i - 1].name, anchors.items[i].name) < 0);
		yaml_anchors_free(&anchors);
	}
}

/* A name that is there already names another node from then on. */
static void test_again(void **state)
{
	struct yaml_anchors anchors = { 0 };

	(void)state;
	check_int("set", yaml_anchors_set(&anchors, "a", 1), 0);
	check_int("set", yaml_anchors_set(&anchors, "b", 2), 0);
	check_int("again", yaml_anchors_set(&anchors, "a", 3), 0);
	check_u64("two", anchors.len, 2);
	check_u64("a", node_of(&anchors, "a"), 3);
	check_u64("b", node_of(&anchors, "b"), 2);
	yaml_anchors_free(&anchors);
	check_u64("none", anchors.len, 0);
	assert_null(anchors.items);
	check_u64("forgotten", node_of(&anchors, "a"), NO_NODE);
}

static void test_bound(void **state)
{
	struct yaml_anchors anchors = { 0 };
	char name[16];

	(void)state;
	for (uint32_t i = 0; i < YAML_ANCHORS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "a%u", i);
		check_int(name, yaml_anchors_set(&anchors, name, i), 0);
	}
	check_int("one more", yaml_anchors_set(&anchors, "b", 1), -E2BIG);
	check_u64("not known", node_of(&anchors, "b"), NO_NODE);
	check_int("one that is there", yaml_anchors_set(&anchors, "a7", 1), 0);
	check_u64("another node", node_of(&anchors, "a7"), 1);
	check_u64("the last", node_of(&anchors, name), YAML_ANCHORS_MAX - 1);
	yaml_anchors_free(&anchors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
