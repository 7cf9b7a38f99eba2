// SPDX-License-Identifier: MIT
/*
 * registry/schema.json and the reader know the same keys, the same required
 * keys and the same lengths. A JSON document is a YAML one, so it is read as
 * what the reader reads. Runs in the repository's root.
 */
#include "test.h"

#include <stdio.h>

#include "../../user/registry/registry.h"
#include "../../user/registry/yaml.h"

#define SCHEMA "registry/schema.json"

struct kind {
	const char *list; /* the file's key */
	const char *def;  /* the schema's */
};

static const struct kind kinds[] = {
	{ "entries", "entry" }, { "retired", "retired" },      { "ranges", "range" },
	{ "drop", "drop" },	{ "exceptions", "exception" }, { "accept", "accept" },
};

static int read_schema(void **state)
{
	_cleanup_fclose_ FILE *f = fopen(SCHEMA, "re");
	_cleanup_free_ char *text = malloc(1 << 20);
	_cleanup_diags_ struct diags diags = { 0 };
	struct yaml_tree *tree = NULL;
	size_t n = 0;

	if (f && text)
		n = fread(text, 1, 1 << 20, f);
	if (yaml_tree_parse(SCHEMA, text, n, &diags, &tree) < 0)
		return -1;
	*state = tree;
	return 0;
}

static int free_schema(void **state)
{
	yaml_tree_free(*state);
	return 0;
}

/* A mapping's value of a key, or NULL. */
static const struct yaml_node *get(const struct yaml_tree *tree, const struct yaml_node *mapping,
				   const char *key)
{
	const struct yaml_node *k = mapping ? yaml_tree_first(tree, mapping) : NULL;

	while (k && strcmp(yaml_tree_text(tree, k), key) != 0)
		k = yaml_tree_next(tree, yaml_tree_next(tree, k));
	return k ? yaml_tree_next(tree, k) : NULL;
}

static const struct yaml_node *definition(const struct yaml_tree *tree, const char *name)
{
	const struct yaml_node *def = get(tree, get(tree, tree->nodes, "$defs"), name);

	if (!def)
		fail_msg("no $defs/%s in " SCHEMA, name);
	return def;
}

/* What `$ref`s come to. */
static const struct yaml_node *resolved(const struct yaml_tree *tree, const struct yaml_node *node)
{
	const struct yaml_node *ref;

	while ((ref = get(tree, node, "$ref")))
		node = definition(tree, strrchr(yaml_tree_text(tree, ref), '/') + 1);
	return node;
}

static bool has_item(const struct yaml_tree *tree, const struct yaml_node *list, const char *text)
{
	const struct yaml_node *item = yaml_tree_first(tree, list);

	while (item && strcmp(yaml_tree_text(tree, item), text) != 0)
		item = yaml_tree_next(tree, item);
	return item != NULL;
}

/* What the reader says of a row of one key (NULL: of none). */
static void read_row(const char *list, const char *key, const char *value, struct buf *out)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text, "{version: 1, name: x, %s: [{", list);
	if (key)
		buf_printf(&text, "%s: %s", key, value);
	buf_puts(&text, "}]}");
	(void)layer_parse("f", text.data, text.len, &diags, &layer);
	buf_reset(out);
	diags_text(&diags, out);
}

static bool says(const struct buf *out, const char *before, const char *word, const char *after)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text, "%s%s%s", before, word, after);
	return out->data && strstr(out->data, text.data);
}

/* One kind of row, asked about one key that some kind has. */
static void check_key(const struct yaml_tree *tree, const struct kind *kind, const char *key)
{
	const struct yaml_node *def = definition(tree, kind->def);
	bool known = get(tree, get(tree, def, "properties"), key) != NULL;
	bool required = has_item(tree, get(tree, def, "required"), key);
	_cleanup_buf_ struct buf out = { 0 };

	read_row(kind->list, key, "[[]]", &out);
	if (says(&out, " ", key, ": not a key of ") == known)
		fail_msg("%s: %s: " SCHEMA " says otherwise: %s", kind->list, key, out.data);
	read_row(kind->list, NULL, NULL, &out);
	if (says(&out, " must have the key ", key, "\n") != required)
		fail_msg("%s: %s: required? " SCHEMA " says otherwise", kind->list, key);
}

static void test_keys(void **state)
{
	const struct yaml_tree *tree = *state;
	const struct yaml_node *key;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		key = yaml_tree_first(tree,
				      get(tree, definition(tree, kinds[i].def), "properties"));
		for (; key; key = yaml_tree_next(tree, yaml_tree_next(tree, key)))
			for (size_t j = 0; j < ARRAY_LEN(kinds); j++)
				check_key(tree, &kinds[j], yaml_tree_text(tree, key));
	}
}

static void check_length(const struct kind *kind, const char *key, size_t max)
{
	_cleanup_free_ char *text = malloc(max + 2);
	_cleanup_buf_ struct buf out = { 0 };

	assert_non_null(text);
	memset(text, 'x', max + 1);
	text[max + 1] = '\0';
	read_row(kind->list, key, text, &out);
	check_int(key, says(&out, " ", key, ": longer than"), true);
	text[max] = '\0';
	read_row(kind->list, key, text, &out);
	check_int(key, says(&out, " ", key, ": "), false);
}

/* Texts without a pattern; what has one is refused by it, whatever its length. */
static void test_lengths(void **state)
{
	const struct yaml_tree *tree = *state;
	const struct yaml_node *key, *def, *max;
	int checked = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		key = yaml_tree_first(tree,
				      get(tree, definition(tree, kinds[i].def), "properties"));
		for (; key; key = yaml_tree_next(tree, yaml_tree_next(tree, key))) {
			def = resolved(tree, yaml_tree_next(tree, key));
			max = get(tree, def, "maxLength");
			if (!max || get(tree, def, "pattern"))
				continue;
			check_length(&kinds[i], yaml_tree_text(tree, key),
				     strtoul(yaml_tree_text(tree, max), NULL, 10));
			checked++;
		}
	}
	assert_true(checked >= 10);
}

/* The keys of the file itself. */
static void test_file(void **state)
{
	const struct yaml_tree *tree = *state;
	const struct yaml_node *key = yaml_tree_first(tree, get(tree, tree->nodes, "properties"));
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
	struct reg_layer *layer = NULL;

	buf_putc(&text, '{');
	for (; key; key = yaml_tree_next(tree, yaml_tree_next(tree, key)))
		buf_printf(&text, "%s: {}, ", yaml_tree_text(tree, key));
	buf_puts(&text, "no_key: {}}");
	(void)layer_parse("f", text.data, text.len, &diags, &layer);
	diags_text(&diags, &out);
	check_int("other keys", says(&out, " ", "no_key", ": not a key of"), true);
	check_text("one only", strstr(strstr(out.data, "not a key of") + 1, "not a key of"), NULL);
	check_int("required", (long long)get(tree, tree->nodes, "required")->len, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, read_schema, free_schema);
}
