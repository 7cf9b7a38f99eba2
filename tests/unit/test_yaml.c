// SPDX-License-Identifier: MIT
#include "yaml_trees.h"

#include <errno.h>

#include "../../user/registry/registry.h"

struct good_case {
	const char *text;
	size_t len;
	const char *want;
};

static const struct good_case good_cases[] = {
	{ T("a: 1"), "{a 1 1}" },
	{ T("{a: '1', b: \"2\"}"), "{a '1' b '2' 2}" },
	{ T("a:\n  - 1\n  - [2, 3]\n  - {}\n  - []\n"), "{a [1 [2 3 2] {0} [0] 4] 1}" },
	{ T("a: |\n  x\n  y\n"), "{a 'x\ny\n' 1}" },
	{ T("a: >-\n  x\n  y\n"), "{a 'x y' 1}" },
	{ T("a:\nb: ~\n"), "{a  b ~ 2}" },
	{ T("---\na: 1\n...\n"), "{a 1 1}" },
	{ T("# only a comment before\na: 1 # and after\n"), "{a 1 1}" },
	{ T("a: \"\\x41\\u00e9\""), "{a 'A\xc3\xa9' 1}" },
	{ T("a: \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	  "{a \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 1}" },
	{ T("a: 1\r\nb: 2\r\n"), "{a 1 b 2 2}" },
	{ T("a: 100%\n"), "{a 100% 1}" },
	{ T("{\"a\": {\"b\": [1, null]}}"), "{'a' {'b' [1 null 2] 1} 1}" },
	{ T("\"\""), "''" },
	{ T("word"), "word" },
	{ T("? a\n: b\n"), "{a b 1}" },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good_cases) / sizeof(good_cases[0]); i++) {
		const struct good_case *c = &good_cases[i];
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_int(c->text, yaml_tree_parse("f", c->text, c->len, &diags, &tree), 0);
		check_int(c->text, (long long)diags.total, 0);
		put_tree(tree, tree->nodes, &out);
		check_text(c->text, out.data, c->want);
	}
}

struct bad_case {
	const char *name;
	const char *text;
	size_t len;
	const char *want;
	bool tree; /* there is one all the same */
};

static const struct bad_case bad_cases[] = {
	{ "nothing", T(""), "f: empty: there is no document in it\n", false },
	{ "comment only", T("# x\n"), "f: empty: there is no document in it\n", false },
	{ "marker only", T("---\n"), "f: empty: there is no document in it\n", false },
	{ "two documents", T("a: 1\n---\nb: 2\n"),
	  "f:2:1: a second document: one file is one document\n", false },
	{ "anchor", T("a: &x 1\n"), "f:1:4: an anchor (&) has no place here\n", true },
	{ "anchor of a list", T("a: &x [1]\n"), "f:1:4: an anchor (&) has no place here\n", true },
	{ "anchor of a mapping", T("a: &x {}\n"), "f:1:4: an anchor (&) has no place here\n",
	  true },
	{ "alias", T("a: &x 1\nb: *x\n"),
	  "f:1:4: an anchor (&) has no place here\nf:2:4: an alias (*) has no place here\n",
	  false },
	{ "tag", T("a: !!str 1\n"), "f:1:4: a tag (!) has no place here\n", true },
	{ "own tag", T("a: !x [1]\n"), "f:1:4: a tag (!) has no place here\n", true },
	{ "an anchor and a tag", T("a: &x !!str 1\n"),
	  "f:1:4: an anchor (&) has no place here\nf:1:4: a tag (!) has no place here\n", true },
	{ "tag of a mapping", T("a: !!map {}\n"), "f:1:4: a tag (!) has no place here\n", true },
	{ "double key", T("a: 1\nb: 2\na: 3\n"), "f:3:1: a: the key was given in line 1 already\n",
	  true },
	{ "double key below", T("a:\n  - {x: 1, \"x\": 2}\n"),
	  "f:2:12: x: the key was given in line 2 already\n", true },
	{ "key is a list", T("[a]: 1\n"), "f:1:1: a key must be a word, not a list or a mapping\n",
	  false },
	{ "key is a mapping", T("? {a: 1}\n: 1\n"),
	  "f:1:3: a key must be a word, not a list or a mapping\n", false },
	{ "zero byte escaped", T("a: \"x\\0y\"\n"), "f:1:4: a zero byte is not text\n", false },
	{ "not UTF-8", T("a: \xff\n"), "f:1:4: not valid UTF-8\n", false },
	{ "directive", T("%TAG ! x:\n---\na: 1\n"), "f:1:1: a directive has no place here\n",
	  false },
	{ "unclosed quote", T("a: 'x\n"),
	  "f:2:1: found unexpected end of stream, while scanning a quoted scalar that starts at "
	  "1:4\n",
	  false },
	{ "tab as indent", T("a:\n\tb: 1\n"),
	  "f:2:1: found character that cannot start any token, while scanning for the next "
	  "token that starts at 2:1\n",
	  false },
	{ "key without colon", T("a: 1\nb\n"),
	  "f:3:1: could not find expected ':', while scanning a simple key that starts at 2:1\n",
	  false },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++) {
		const struct bad_case *c = &bad_cases[i];
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_int(c->name, yaml_tree_parse("f", c->text, c->len, &diags, &tree),
			  c->tree ? 0 : -EINVAL);
		check_int(c->name, tree != NULL, c->tree);
		diags_text(&diags, &out);
		check_text(c->name, out.data, c->want);
	}
}

static void test_positions(void **state)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	const char text[] = "# \xc3\xa9\nab:\n  - \xc3\xa9: {c: 1}\n";
	const struct yaml_node *node;

	(void)state;
	check_int("parse", yaml_tree_parse("f", text, sizeof(text) - 1, &diags, &tree), 0);
	node = yaml_tree_first(tree, tree->nodes);
	check_int("key line", node->line, 2);
	check_int("key column", node->column, 1);
	node = yaml_tree_first(tree, yaml_tree_next(tree, node)); /* the item */
	check_int("item line", node->line, 3);
	check_int("item column", node->column, 5);
	node = yaml_tree_next(tree, yaml_tree_first(tree, node)); /* {c: 1} */
	check_int("columns are characters", node->column, 8);
}

static void check_bound(const char *name, const struct buf *text, const char *want)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	check_int(name, yaml_tree_parse("f", text->data, text->len, &diags, &tree),
		  want ? -EINVAL : 0);
	diags_text(&diags, &out);
	check_text(name, out.data, want);
}

static void test_depth(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	repeat(&text, "[", REGISTRY_DEPTH_MAX);
	repeat(&text, "]", REGISTRY_DEPTH_MAX);
	check_bound("deepest", &text, NULL);
	buf_reset(&text);
	repeat(&text, "[", REGISTRY_DEPTH_MAX + 1);
	repeat(&text, "]", REGISTRY_DEPTH_MAX + 1);
	check_bound("deeper", &text, "f:1:17: nested too deep\n");
}

static void test_keys(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	for (int i = 0; i < YAML_KEYS_MAX; i++)
		buf_printf(&text, "k%d: x\n", i);
	check_bound("most keys", &text, NULL);
	buf_puts(&text, "more: x\n");
	check_bound("one more", &text, "f:65:1: too many keys in one mapping\n");
}

/* As with YAML_NODES_MAX, which yaml_tree_parse() gives. */
static void test_nodes(void **state)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL, *none = NULL;
	static const char text[] = "[a, {b: c}, d]"; /* 6 nodes */
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	check_int("most nodes", yaml_tree_parse_up_to("f", T(text), 6, &diags, &tree), 0);
	check_u64("nodes", tree->len, 6);
	check_int("one less", yaml_tree_parse_up_to("f", T(text), 5, &diags, &none), -EINVAL);
	assert_null(none);
	diags_text(&diags, &out);
	check_text("one less", out.data, "f:1:13: too many values in one file\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	  cmocka_unit_test(test_bad),
		cmocka_unit_test(test_positions), cmocka_unit_test(test_depth),
		cmocka_unit_test(test_keys),	  cmocka_unit_test(test_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
