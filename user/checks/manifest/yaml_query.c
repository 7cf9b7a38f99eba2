// SPDX-License-Identifier: MIT
#include "yaml_query.h"

#include <string.h>

/* Take a step; false when there is none left. */
static bool step(struct document *doc)
{
	if (doc->steps == 0)
		return false;
	doc->steps--;
	return true;
}

static bool is_mapping(const struct yaml_node *node)
{
	return node && node->kind == YAML_KIND_MAPPING;
}

static bool is_null(const struct yaml_tree *tree, const struct yaml_node *node)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (node->kind != YAML_KIND_SCALAR || !node->plain || node->len > 4)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(yaml_tree_text(tree, node), words[i]) == 0)
			return true;
	return false;
}

static bool is_merge(const struct yaml_tree *tree, const struct yaml_node *key)
{
	return key->plain && key->len == 2 && strcmp(yaml_tree_text(tree, key), "<<") == 0;
}

static const struct yaml_node *find(struct document *doc, const struct yaml_node *mapping,
				    const char *key, size_t len);

/* The key in what a merge key has: a mapping, or a list of them, earlier ones first. */
static const struct yaml_node *find_merged(struct document *doc, const struct yaml_node *merged,
					   const char *key, size_t len)
{
	const struct yaml_node *found = NULL, *item;

	if (is_mapping(merged))
		return find(doc, merged, key, len);
	for (item = yaml_query_first(doc, merged, ""); item && !found;
	     item = yaml_query_next(doc, item))
		if (is_mapping(item))
			found = find(doc, item, key, len);
	return found;
}

/* The key's value, null as well. */
static const struct yaml_node *find(struct document *doc, const struct yaml_node *mapping,
				    const char *key, size_t len)
{
	const struct yaml_node *k, *value, *found = NULL, *merged = NULL;

	for (k = yaml_tree_first(doc->tree, mapping); k && step(doc);
	     k = yaml_tree_next(doc->tree, value)) {
		value = yaml_tree_next(doc->tree, k);
		if (k->len == len && memcmp(yaml_tree_text(doc->tree, k), key, len) == 0)
			found = value;
		else if (is_merge(doc->tree, k))
			merged = value;
	}
	return found || !merged ? found : find_merged(doc, merged, key, len);
}

static const struct yaml_node *get(struct document *doc, const struct yaml_node *mapping,
				   const char *key, size_t len)
{
	const struct yaml_node *value = is_mapping(mapping) ? find(doc, mapping, key, len) : NULL;

	return value && is_null(doc->tree, value) ? NULL : value;
}

const struct yaml_node *yaml_query(struct document *doc, const struct yaml_node *mapping,
				   const char *path)
{
	const struct yaml_node *node = mapping;
	size_t len;

	while (*path && node) {
		len = strcspn(path, ".");
		node = get(doc, node, path, len);
		path += len + (path[len] == '.');
	}
	return node;
}

const char *yaml_query_text(struct document *doc, const struct yaml_node *mapping, const char *path)
{
	const struct yaml_node *value = yaml_query(doc, mapping, path);

	return value && value->kind == YAML_KIND_SCALAR ? yaml_tree_text(doc->tree, value) : NULL;
}

bool yaml_query_true(struct document *doc, const struct yaml_node *mapping, const char *path)
{
	static const char *const words[] = { "true", "yes", "on", "y" };
	const char *text = yaml_query_text(doc, mapping, path);

	for (size_t i = 0; text && i < ARRAY_LEN(words); i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	return false;
}

const struct yaml_node *yaml_query_first(struct document *doc, const struct yaml_node *mapping,
					 const char *path)
{
	const struct yaml_node *list = yaml_query(doc, mapping, path);

	if (!list || list->kind != YAML_KIND_SEQUENCE || !step(doc))
		return NULL;
	return yaml_tree_first(doc->tree, list);
}

const struct yaml_node *yaml_query_next(struct document *doc, const struct yaml_node *item)
{
	return step(doc) ? yaml_tree_next(doc->tree, item) : NULL;
}

static void pairs(struct document *doc, const struct yaml_node *mapping,
		  void (*fn)(void *data, const struct yaml_node *key,
			     const struct yaml_node *value),
		  void *data)
{
	const struct yaml_node *k, *value, *merged = NULL, *item;

	if (!is_mapping(mapping))
		return;
	for (k = yaml_tree_first(doc->tree, mapping); k && step(doc);
	     k = yaml_tree_next(doc->tree, value)) {
		value = yaml_tree_next(doc->tree, k);
		if (is_merge(doc->tree, k))
			merged = value;
		else if (!is_null(doc->tree, value))
			fn(data, k, value);
	}
	if (is_mapping(merged))
		pairs(doc, merged, fn, data);
	for (item = yaml_query_first(doc, merged, ""); item; item = yaml_query_next(doc, item))
		pairs(doc, item, fn, data);
}

void yaml_query_pairs(struct document *doc, const struct yaml_node *mapping, const char *path,
		      void (*fn)(void *data, const struct yaml_node *key,
				 const struct yaml_node *value),
		      void *data)
{
	pairs(doc, yaml_query(doc, mapping, path), fn, data);
}
