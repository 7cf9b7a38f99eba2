// SPDX-License-Identifier: MIT
#include "yaml_trees.h"

#include <errno.h>
#include <stdio.h>

static void add(struct yaml_tree *tree, const struct yaml_node *node)
{
	assert_int_equal(yaml_tree_add(tree, node), 0);
}

static void add_text(struct yaml_tree *tree, const char *text, size_t len, uint32_t next)
{
	const struct yaml_node node = {
		.text = (uint32_t)tree->text.len,
		.len = (uint32_t)len,
		.next = next,
	};

	buf_add(&tree->text, text, len);
	buf_add(&tree->text, "", 1);
	add(tree, &node);
}

/* A mapping of n keys to empty values: node 0, then key, value, key, value. */
static struct yaml_tree *mapping_of(const char *const *keys, size_t n)
{
	struct yaml_tree *tree = yaml_tree_new(YAML_NODES_MAX);

	assert_non_null(tree);
	add(tree, &(struct yaml_node) {
			  .kind = YAML_KIND_MAPPING, .len = (uint32_t)n, .first = n ? 1 : 0 });
	for (size_t i = 0; i < n; i++) {
		add_text(tree, keys[i], strlen(keys[i]), (uint32_t)(2 * i + 2));
		add_text(tree, "", 0, i + 1 < n ? (uint32_t)(2 * i + 3) : 0);
	}
	return tree;
}

static void test_walk(void **state)
{
	static const char *const keys[] = { "a", "b" };
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = mapping_of(keys, 2);
	_cleanup_(yaml_tree_freep) struct yaml_tree *none = mapping_of(keys, 0);
	const struct yaml_node *key = yaml_tree_first(tree, tree->nodes);

	(void)state;
	assert_ptr_equal(key, &tree->nodes[1]);
	check_text("first", yaml_tree_text(tree, key), "a");
	assert_ptr_equal(yaml_tree_next(tree, key), &tree->nodes[2]);
	key = yaml_tree_next(tree, yaml_tree_next(tree, key));
	check_text("second", yaml_tree_text(tree, key), "b");
	assert_null(yaml_tree_next(tree, yaml_tree_next(tree, key)));
	assert_null(yaml_tree_first(none, none->nodes));
	assert_null(yaml_tree_first(tree, key));
}

static void test_nothing(void **state)
{
	(void)state;
	yaml_tree_free(NULL);
}

/* The nodes stay what they are while the tree grows, up to its bound. */
static void test_bound(void **state)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = yaml_tree_new(1000);

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		add(tree, &(struct yaml_node) { .line = i + 1 });
	check_int("one more", yaml_tree_add(tree, &(struct yaml_node) { .line = 1 }), -E2BIG);
	check_u64("nodes", tree->len, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		check_u64("line", tree->nodes[i].line, i + 1);
}

static void test_key_before(void **state)
{
	static const char *const keys[] = { "a", "ab", "b", "a", "abc", "a", "b" };
	static const uint32_t before[] = { 0, 0, 0, 1, 0, 1, 5 }; /* nodes; 0: none */
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = mapping_of(keys, ARRAY_LEN(keys));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct yaml_node *key = &tree->nodes[2 * i + 1], *got;

		got = yaml_tree_key_before(tree, tree->nodes, key);
		check_u64(keys[i], got ? (uint32_t)(got - tree->nodes) : 0, before[i]);
	}
}

/* A text that goes on after a zero byte is another one. */
static void test_zero_byte(void **state)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = yaml_tree_new(YAML_NODES_MAX);

	(void)state;
	add(tree, &(struct yaml_node) { .kind = YAML_KIND_MAPPING, .len = 2, .first = 1 });
	add_text(tree, "a", 1, 2);
	add_text(tree, "", 0, 3);
	add_text(tree, "a\0b", 3, 4);
	add_text(tree, "", 0, 0);
	assert_null(yaml_tree_key_before(tree, tree->nodes, &tree->nodes[3]));
}

struct doubles {
	const struct yaml_tree *tree;
	struct buf out;
};

static void put_double(void *data, const struct yaml_node *key, const struct yaml_node *before)
{
	struct doubles *d = data;

	buf_printf(&d->out, "%s %zu<%zu ", yaml_tree_text(d->tree, key),
		   (size_t)(before - d->tree->nodes) / 2, (size_t)(key - d->tree->nodes) / 2);
}

static void check_doubles(const char *name, const char *const *keys, size_t n, const char *want)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = mapping_of(keys, n);
	struct doubles d = { .tree = tree };

	check_int(name, yaml_tree_doubles(tree, tree->nodes, put_double, &d), 0);
	check_text(name, d.out.data ? d.out.data : "", want);
	buf_free(&d.out);
}

/* Few keys are compared with each other and many are sorted: both find the same. */
static void test_doubles(void **state)
{
	static const char *const few[] = { "z", "b", "z", "a", "b", "c" };
	const char *many[YAML_KEYS_MAX + 1];
	char names[YAML_KEYS_MAX + 1][8];

	(void)state;
	check_doubles("none", few, 0, "");
	check_doubles("one", few, 1, "");
	check_doubles("few", few, ARRAY_LEN(few), "z 0<2 b 1<4 ");
	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		(void)snprintf(names[i], sizeof(names[i]), "k%zu", i);
		many[i] = names[i];
	}
	check_doubles("as many as are compared", many, YAML_KEYS_MAX, "");
	check_doubles("one more", many, ARRAY_LEN(many), "");
	many[0] = many[40];
	many[10] = many[20];
	many[64] = many[63];
	check_doubles("compared", many, YAML_KEYS_MAX, "k20 10<20 k40 0<40 ");
	check_doubles("sorted", many, ARRAY_LEN(many), "k20 10<20 k40 0<40 k63 63<64 ");
	many[64] = many[40];
	check_doubles("three times", many, ARRAY_LEN(many), "k20 10<20 k40 0<40 k40 40<64 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),	  cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_bound),	  cmocka_unit_test(test_key_before),
		cmocka_unit_test(test_zero_byte), cmocka_unit_test(test_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
