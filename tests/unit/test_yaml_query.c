// SPDX-License-Identifier: MIT
#include "yaml_cases.h"

static const struct {
	const char *text, *path, *want;
} path_cases[] = {
	{ "a: 1", "a", "1" },
	{ "a: 1", "b", NULL },
	{ "a: {b: {c: x}}", "a.b.c", "x" },
	{ "a: {b: 1}", "a.b.c", NULL },
	{ "x", "", "x" },
	{ "a: 1", ".a", NULL },
	{ "a: [1]", "a.b", NULL },
	{ "a: null", "a", NULL },
	{ "a: ~", "a", NULL },
	{ "a:", "a", NULL },
	{ "a: 'null'", "a", "null" },
	{ "a: ''", "a", "" },
	{ "a: 1\na: 2", "a", "2" },
	{ "{x: &x {a: 1}, y: {<<: *x}}", "y.a", "1" },
	{ "{x: &x {a: 1}, y: {<<: *x, a: 2}}", "y.a", "2" },
	{ "{x: &x {a: 1}, y: {a: null, <<: *x}}", "y.a", NULL },
	{ "{x: &x {a: 1}, z: &z {a: 2, b: 3}, y: {<<: [*x, *z]}}", "y.a", "1" },
	{ "{x: &x {a: 1}, z: &z {a: 2, b: 3}, y: {<<: [*x, *z]}}", "y.b", "3" },
	{ "{x: &x {a: 1}, y: {'<<': *x}}", "y.a", NULL },
	{ "{x: &x {a: 1}, z: &z {<<: *x}, y: {<<: *z}}", "y.a", "1" },
	{ "{y: {<<: 1, a: 2}}", "y.a", "2" },
};

static void test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(path_cases); i++) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = tree_of(path_cases[i].text);
		struct document doc = { .tree = tree, .steps = 1000 };
		const struct yaml_node *node = yaml_query(&doc, tree->nodes, path_cases[i].path);

		check_text(path_cases[i].text, node ? yaml_tree_text(tree, node) : NULL,
			   path_cases[i].want);
	}
}

static void test_true(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} texts[] = {
		{ "a: true", true },   { "a: True", true },  { "a: yes", true },
		{ "a: on", true },     { "a: no", false },   { "a: false", false },
		{ "a: 1", false },     { "b: true", false }, { "a: []", false },
		{ "a: 'true'", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = tree_of(texts[i].text);
		struct document doc = { .tree = tree, .steps = 1000 };

		check_int(texts[i].text, yaml_query_true(&doc, tree->nodes, "a"), texts[i].is);
	}
}

struct collected {
	const struct yaml_tree *tree;
	struct buf text;
};

static void collect(void *data, const struct yaml_node *key, const struct yaml_node *value)
{
	struct collected *c = data;

	buf_printf(&c->text, "%s=%s ", yaml_tree_text(c->tree, key),
		   yaml_tree_text(c->tree, value));
}

static void test_pairs(void **state)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree =
		tree_of("{x: &x {a: 1}, y: {<<: [*x, {c: 3}], b: 2, d: null}}");
	struct document doc = { .tree = tree, .steps = 1000 };
	struct collected c = { .tree = tree };
	_cleanup_(yaml_tree_freep) struct yaml_tree *one =
		tree_of("{x: &x {a: 1}, y: {<<: *x, b: 2}}");
	struct document one_doc = { .tree = one, .steps = 1000 };
	struct collected d = { .tree = one };

	(void)state;
	yaml_query_pairs(&doc, tree->nodes, "y", collect, &c);
	check_text("pairs", c.text.data, "b=2 a=1 c=3 ");
	buf_free(&c.text);
	yaml_query_pairs(&one_doc, one->nodes, "y", collect, &d);
	check_text("of one mapping", d.text.data, "b=2 a=1 ");
	buf_free(&d.text);
}

/* When the steps are used up nothing is found any more, whatever is asked. */
static void test_steps(void **state)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = tree_of("{a: 1, b: [1, 2], c: 3}");
	struct document doc = { .tree = tree, .steps = 3 };

	(void)state;
	check_int("found", yaml_query(&doc, tree->nodes, "c") != NULL, true);
	check_int("used", (long long)doc.steps, 0);
	check_int("no more", yaml_query(&doc, tree->nodes, "a") != NULL, false);
	doc.steps = 4;
	check_int("first", yaml_query_first(&doc, tree->nodes, "b") != NULL, true);
	check_int("next", yaml_query_next(&doc, tree->nodes) != NULL, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_true),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
