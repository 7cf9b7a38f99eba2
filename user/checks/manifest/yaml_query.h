/* SPDX-License-Identifier: MIT */
/*
 * Looks into one document of a manifest, as kubectl reads it: null is absent, of
 * a key that was given twice the last one holds, merge keys are followed. Each
 * look costs steps, and the steps of a document are limited: with aliases a
 * small file can stand for a huge one. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../../registry/yaml.h"

#define YAML_QUERY_STEPS_MAX (16U << 20) /* for one document */

struct document {
	const struct yaml_tree *tree;
	size_t steps; /* left; 0: nothing is found any more */
};

/*
 * The value at a path, keys with dots between them: "spec.template.spec"; "" is the
 * mapping itself. NULL if it is missing or null, or if `mapping` is not a mapping.
 */
const struct yaml_node *yaml_query(struct document *doc, const struct yaml_node *mapping,
				   const char *path);

/* The text of a scalar, or NULL. It lives as long as the tree. */
const char *yaml_query_text(struct document *doc, const struct yaml_node *mapping,
			    const char *path);

/* Is the value true, as YAML 1.1 has it? */
bool yaml_query_true(struct document *doc, const struct yaml_node *mapping, const char *path);

/* The first item of a list, and the next one after an item; NULL: no more. */
const struct yaml_node *yaml_query_first(struct document *doc, const struct yaml_node *mapping,
					 const char *path);
const struct yaml_node *yaml_query_next(struct document *doc, const struct yaml_node *item);

/*
 * Call fn for each key of a mapping and its value that is not null, those of merge
 * keys last; a key may come again.
 */
void yaml_query_pairs(struct document *doc, const struct yaml_node *mapping, const char *path,
		      void (*fn)(void *data, const struct yaml_node *key,
				 const struct yaml_node *value),
		      void *data);
