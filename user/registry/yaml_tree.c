// SPDX-License-Identifier: MIT
#include "yaml.h"

#include <string.h>

void yaml_tree_free(struct yaml_tree *tree)
{
	if (!tree)
		return;
	free(tree->nodes);
	buf_free(&tree->text);
	free(tree);
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
