// SPDX-License-Identifier: MIT
#include "pod_yaml.h"

#include <errno.h>
#include <string.h>

#include "../registry/yaml.h"

struct walk {
	struct pod_reader *reader;
	const struct yaml_tree *tree;
	size_t nodes; /* left */
};

static int walk_node(struct walk *walk, const struct yaml_node *node);

static bool is_null(const struct walk *walk, const struct yaml_node *node)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; node->plain && i < ARRAY_LEN(words); i++)
		if (strcmp(yaml_tree_text(walk->tree, node), words[i]) == 0)
			return true;
	return false;
}

/* Merge keys are not followed: nobody writes them in a pod, and what they bring counts as left out.
 */
static int walk_mapping(struct walk *walk, const struct yaml_node *mapping)
{
	const struct yaml_node *key, *value;
	int r = 0;

	for (key = yaml_tree_first(walk->tree, mapping); key && r == 0;
	     key = yaml_tree_next(walk->tree, value)) {
		const char *text = yaml_tree_text(walk->tree, key);

		value = yaml_tree_next(walk->tree, key);
		if (key->plain && strcmp(text, "<<") == 0)
			pod_reader_skipped(walk->reader);
		pod_reader_key(walk->reader, text, key->len);
		r = walk_node(walk, value);
	}
	return r;
}

static int walk_list(struct walk *walk, const struct yaml_node *list)
{
	const struct yaml_node *item;
	int r = 0;

	for (item = yaml_tree_first(walk->tree, list); item && r == 0;
	     item = yaml_tree_next(walk->tree, item))
		r = walk_node(walk, item);
	return r;
}

static int walk_node(struct walk *walk, const struct yaml_node *node)
{
	bool list = node->kind == YAML_KIND_SEQUENCE;
	int r;

	if (walk->nodes-- == 0)
		return -E2BIG;
	if (node->kind == YAML_KIND_SCALAR) {
		if (is_null(walk, node))
			pod_reader_null(walk->reader);
		else
			pod_reader_scalar(walk->reader, yaml_tree_text(walk->tree, node),
					  node->len);
		return 0;
	}
	r = pod_reader_open(walk->reader, list);
	if (r == 0)
		r = list ? walk_list(walk, node) : walk_mapping(walk, node);
	return r == 0 ? pod_reader_close(walk->reader) : r;
}

static int read_documents(struct pod_reader *reader, struct yaml_stream *stream, const char *file,
			  struct diags *diags)
{
	for (;;) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
		struct walk walk = { .reader = reader, .nodes = POD_YAML_NODES_MAX };
		int r = yaml_stream_next(stream, &tree);

		if (r != 1)
			return r;
		walk.tree = tree;
		r = walk_node(&walk, tree->nodes);
		if (r == -E2BIG) {
			diags_add(diags, file, tree->nodes->line, tree->nodes->column,
				  "too much in one document");
			return -EINVAL;
		}
		if (r < 0)
			return r;
	}
}

int pod_yaml_read(struct pod_reader *reader, const char *file, const char *text, size_t len,
		  struct diags *diags)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	int r = yaml_stream_new(file, text, len, diags, &stream);

	return r == 0 ? read_documents(reader, stream, file, diags) : r;
}
