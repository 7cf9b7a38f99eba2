// SPDX-License-Identifier: MIT
#include "yaml.h"

#include <errno.h>
#include <string.h>

struct yaml_tree *yaml_tree_new(size_t max)
{
	struct yaml_tree *tree = calloc(1, sizeof(*tree));

	if (tree)
		tree->max = max;
	return tree;
}

void yaml_tree_free(struct yaml_tree *tree)
{
	if (!tree)
		return;
	free(tree->nodes);
	buf_free(&tree->text);
	free(tree);
}

int yaml_tree_add(struct yaml_tree *tree, const struct yaml_node *node)
{
	size_t cap = tree->cap ? tree->cap * 2 : 256;
	struct yaml_node *nodes;

	if (tree->len == tree->max)
		return -E2BIG;
	if (tree->len == tree->cap) {
		nodes = reallocarray(tree->nodes, cap, sizeof(*nodes));
		if (!nodes)
			return -ENOMEM;
		tree->nodes = nodes;
		tree->cap = cap;
	}
	tree->nodes[tree->len++] = *node;
	return 0;
}

const struct yaml_node *yaml_tree_first(const struct yaml_tree *tree, const struct yaml_node *node)
{
	return node->first ? &tree->nodes[node->first] : NULL;
}

const struct yaml_node *yaml_tree_next(const struct yaml_tree *tree, const struct yaml_node *node)
{
	return node->next ? &tree->nodes[node->next] : NULL;
}

const char *yaml_tree_text(const struct yaml_tree *tree, const struct yaml_node *node)
{
	return tree->text.data + node->text;
}

const struct yaml_node *yaml_tree_key_before(const struct yaml_tree *tree,
					     const struct yaml_node *mapping,
					     const struct yaml_node *key)
{
	const struct yaml_node *k;

	for (k = yaml_tree_first(tree, mapping); k != key;
	     k = yaml_tree_next(tree, yaml_tree_next(tree, k)))
		if (k->len == key->len &&
		    strcmp(yaml_tree_text(tree, k), yaml_tree_text(tree, key)) == 0)
			return k;
	return NULL;
}

/* A key and what sorts it. */
struct keyed {
	const char *text;
	const struct yaml_node *key;
};

static int by_text(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->key < y->key ? -1 : x->key > y->key;
}

static int sorted_doubles(const struct yaml_tree *tree, const struct yaml_node *mapping,
			  yaml_double_fn fn, void *data)
{
	_cleanup_free_ struct keyed *keys = calloc(mapping->len, sizeof(*keys));
	const struct yaml_node *key;
	size_t n = 0;

	if (!keys)
		return -ENOMEM;
	for (key = yaml_tree_first(tree, mapping); key;
	     key = yaml_tree_next(tree, yaml_tree_next(tree, key)))
		keys[n++] = (struct keyed) { .text = yaml_tree_text(tree, key), .key = key };
	qsort(keys, n, sizeof(*keys), by_text);
	for (size_t i = 1; i < n; i++)
		if (strcmp(keys[i - 1].text, keys[i].text) == 0)
			fn(data, keys[i].key, keys[i - 1].key);
	return 0;
}

int yaml_tree_doubles(const struct yaml_tree *tree, const struct yaml_node *mapping,
		      yaml_double_fn fn, void *data)
{
	const struct yaml_node *key, *before;

	if (mapping->len > YAML_KEYS_MAX)
		return sorted_doubles(tree, mapping, fn, data);
	for (key = yaml_tree_first(tree, mapping); key;
	     key = yaml_tree_next(tree, yaml_tree_next(tree, key))) {
		before = yaml_tree_key_before(tree, mapping, key);
		if (before)
			fn(data, key, before);
	}
	return 0;
}
