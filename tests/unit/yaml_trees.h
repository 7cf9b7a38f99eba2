/* SPDX-License-Identifier: MIT */
/* Trees of YAML as text, for tests. */
#pragma once

#include "test.h"

#include "../../user/registry/yaml.h"

/* Texts may hold zero bytes, so their length is given. */
#define T(text) text, sizeof(text) - 1

/* Lists as [a b 2], mappings as {key value 1}, with their lengths; what is not plain in quotes. */
static inline void put_tree(const struct yaml_tree *tree, const struct yaml_node *node,
			    struct buf *out)
{
	const struct yaml_node *child;

	if (node->kind == YAML_KIND_SCALAR) {
		buf_printf(out, node->plain ? "%s" : "'%s'", yaml_tree_text(tree, node));
		return;
	}
	buf_putc(out, node->kind == YAML_KIND_SEQUENCE ? '[' : '{');
	for (child = yaml_tree_first(tree, node); child; child = yaml_tree_next(tree, child)) {
		put_tree(tree, child, out);
		buf_putc(out, ' ');
	}
	buf_printf(out, "%u%c", node->len, node->kind == YAML_KIND_SEQUENCE ? ']' : '}');
}

/* Append n times `piece`. */
static inline void repeat(struct buf *text, const char *piece, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_puts(text, piece);
}
