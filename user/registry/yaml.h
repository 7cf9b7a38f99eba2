/* SPDX-License-Identifier: MIT */
/*
 * YAML documents as trees of nodes with their positions. Pure.
 *
 * A registry file may hold less than YAML: one document, no anchors, aliases, tags or
 * directives; keys are scalars, no key twice in a mapping, no zero byte in a text. Every
 * YAML reader reads that alike, but for the types of plain scalars. Those are the
 * caller's: a node says only whether it was plain.
 *
 * Files of others may hold more: see yaml_stream_new().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../base/buf.h"
#include "diag.h"

/* Bounds; beyond them a document is refused, not cut. */
#define YAML_NODES_MAX		  (4U << 20)
#define YAML_KEYS_MAX		  64 /* of one mapping, so that looking for duplicates stays cheap */
#define YAML_STREAM_DEPTH_MAX	  64
#define YAML_STREAM_DOCUMENTS_MAX 100000
#define YAML_STREAM_KEYS_MAX	  4096
#define YAML_PART_NODES		  16384 /* a part of a document has a few more */

enum yaml_kind {
	YAML_KIND_SCALAR,
	YAML_KIND_SEQUENCE,
	YAML_KIND_MAPPING,
	YAML_KIND_MAX,
};

/* Nodes are named by their place in the tree; the root is 0, so 0 is "none" elsewhere. */
struct yaml_node {
	uint32_t line, column; /* from 1, in characters */
	uint32_t first;	       /* first item, or first key */
	uint32_t next;	       /* next item; of a key its value, of a value the next key */
	uint32_t len;	       /* scalars: bytes of the text; else items, or pairs */
	uint32_t text;	       /* scalars: where the text starts */
	uint8_t kind;	       /* enum yaml_kind */
	bool plain;	       /* scalars: neither quoted nor a block */
	bool block;	       /* scalars: a literal block, its lines are those behind `line` */
	uint8_t height;	       /* levels of sequences and mappings, its own included */
};

struct yaml_tree {
	struct yaml_node *nodes;
	size_t len, cap;
	size_t max;	 /* of nodes */
	struct buf text; /* of all scalars, each terminated */
	size_t before;	 /* how many items of the document's list earlier parts have */
	bool more;	 /* the next tree is of the same document */
};

/* As yaml_tree_parse(), with at most so many nodes. */
int yaml_tree_parse_up_to(const char *file, const char *text, size_t len, size_t nodes,
			  struct diags *diags, struct yaml_tree **ret_tree);

/*
 * Read a document. 0 also when there were faults that leave a tree (a key
 * twice, an anchor, a tag): the caller sees by diags->total that there were
 * any. -EINVAL with a message in diags when there is no tree; -ENOMEM.
 */
static inline int yaml_tree_parse(const char *file, const char *text, size_t len,
				  struct diags *diags, struct yaml_tree **ret_tree)
{
	return yaml_tree_parse_up_to(file, text, len, YAML_NODES_MAX, diags, ret_tree);
}

/*
 * The documents of a file that was not written for us, one after the other: at most
 * YAML_STREAM_DOCUMENTS_MAX, each at most YAML_STREAM_DEPTH_MAX deep, with at most
 * YAML_STREAM_KEYS_MAX keys in a mapping.
 *
 * An alias is a node of its own with the items of the node that it names. So several
 * paths may lead to a node, and a caller must bound its steps; there are no circles.
 * Merge keys are keys named "<<". Tags are ignored, but a scalar with !!str is not plain.
 * A zero byte becomes U+001A. A JSON file may hold several values, and JSON's escapes.
 *
 * `file` and `text` must outlive the stream. 0, or -EINVAL with a message in diags, or
 * -ENOMEM.
 */
struct yaml_stream;
int yaml_stream_new(const char *file, const char *text, size_t len, struct diags *diags,
		    struct yaml_stream **ret_stream);

/*
 * The same of a text of any length, in a window: read() reads up to `size` bytes of it and says
 * how many, 0 at the end, or a negative errno. What is wrong with the text is found when it is
 * reached, and nothing behind it is read.
 */
typedef ssize_t (*yaml_read_fn)(void *data, char *into, size_t size);
int yaml_stream_read(const char *file, yaml_read_fn read, void *data, struct diags *diags,
		     struct yaml_stream **ret_stream);

/*
 * Hand over documents in parts whose list "items", a key of the outermost mapping, is long. Each
 * part is a tree with the keys before the list and some of its items; only the last one has what
 * stands behind it. A document with anchors is not parted.
 */
void yaml_stream_in_parts(struct yaml_stream *stream);

/*
 * Read the next document. 1: *ret_tree is the document and the caller's; an empty one is
 * an empty plain scalar, and diags name each key that was given twice. 0: there is no
 * other document. -EINVAL with a message in diags; the next call returns 0. -ENOMEM.
 */
int yaml_stream_next(struct yaml_stream *stream, struct yaml_tree **ret_tree);

/*
 * After a fault, go on at the next line that starts a document, `---`. 1: there is one.
 * 0: there is no such line, the file is JSON or read in a window, the place of the fault is
 * not known, or there are too many documents. -ENOMEM. What was read is not read again.
 */
int yaml_stream_resume(struct yaml_stream *stream);

void yaml_stream_free(struct yaml_stream *stream);
DEFINE_CLEANUP(struct yaml_stream, yaml_stream_free)

void yaml_tree_free(struct yaml_tree *tree);
DEFINE_CLEANUP(struct yaml_tree, yaml_tree_free)

/* An empty tree that takes so many nodes; NULL: no memory. */
struct yaml_tree *yaml_tree_new(size_t max);

/* Append a node. 0, -E2BIG when there are as many as it takes, or -ENOMEM. */
int yaml_tree_add(struct yaml_tree *tree, const struct yaml_node *node);

/* The first item of a sequence or key of a mapping; NULL when there is none. */
const struct yaml_node *yaml_tree_first(const struct yaml_tree *tree, const struct yaml_node *node);

/* What follows an item, a key or a value; NULL after the last one. */
const struct yaml_node *yaml_tree_next(const struct yaml_tree *tree, const struct yaml_node *node);

/* The text of a scalar. */
const char *yaml_tree_text(const struct yaml_tree *tree, const struct yaml_node *node);

/*
 * Call fn for each key of a mapping whose text an earlier key has, in the order
 * of the file where they are few. 0, or -ENOMEM.
 */
typedef void (*yaml_double_fn)(void *data, const struct yaml_node *key,
			       const struct yaml_node *before);
int yaml_tree_doubles(const struct yaml_tree *tree, const struct yaml_node *mapping,
		      yaml_double_fn fn, void *data);

/* The key before this one in its mapping that has the same text, or NULL. */
const struct yaml_node *yaml_tree_key_before(const struct yaml_tree *tree,
					     const struct yaml_node *mapping,
					     const struct yaml_node *key);
