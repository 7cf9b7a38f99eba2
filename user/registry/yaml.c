// SPDX-License-Identifier: MIT
#include "yaml.h"

#include <errno.h>
#include <string.h>

#include <yaml.h>

#include "registry.h"
#include "yaml_bytes.h"

/* A sequence or mapping that has not ended yet. */
struct level {
	uint32_t node;
	uint32_t last;	/* its last child; 0: none yet */
	uint32_t count; /* children so far, keys and values alike */
};

struct builder {
	yaml_parser_t parser;
	const char *file;
	struct diags *diags;
	struct yaml_tree *tree;
	struct level open[REGISTRY_DEPTH_MAX];
	size_t depth;
	bool any; /* there was a document */
};

static void builder_done(struct builder *b)
{
	yaml_parser_delete(&b->parser);
	yaml_tree_free(b->tree);
}

static int fault(struct builder *b, const yaml_mark_t *mark, const char *what)
{
	diags_add(b->diags, b->file, (unsigned int)mark->line + 1, (unsigned int)mark->column + 1,
		  "%s", what);
	return -EINVAL;
}

/* What libyaml itself finds wrong. */
static int parser_fault(struct builder *b)
{
	const yaml_parser_t *p = &b->parser;
	unsigned int line = (unsigned int)p->problem_mark.line + 1;
	unsigned int column = (unsigned int)p->problem_mark.column + 1;

	if (p->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (p->error == YAML_READER_ERROR) {
		/* It has no mark: it reads ahead of what it has scanned. */
		diags_add(b->diags, b->file, 0, 0, "%s (byte %zu)", p->problem, p->problem_offset);
	} else if (p->context) {
		diags_add(b->diags, b->file, line, column, "%s, %s that starts at %zu:%zu",
			  p->problem, p->context, p->context_mark.line + 1,
			  p->context_mark.column + 1);
	} else {
		diags_add(b->diags, b->file, line, column, "%s", p->problem);
	}
	return -EINVAL;
}

static struct yaml_node *at(const struct builder *b, uint32_t node)
{
	return &b->tree->nodes[node];
}

static int grow(struct yaml_tree *tree)
{
	size_t cap = tree->cap ? tree->cap * 2 : 256;
	struct yaml_node *nodes;

	if (tree->len < tree->cap)
		return 0;
	nodes = reallocarray(tree->nodes, cap, sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	tree->nodes = nodes;
	tree->cap = cap;
	return 0;
}

/* Hang a new node, which was the last one added, into what is open. */
static int hang(struct builder *b, uint32_t node, const yaml_mark_t *mark)
{
	struct level *level;

	if (b->depth == 0)
		return 0;
	level = &b->open[b->depth - 1];
	if (level->last)
		at(b, level->last)->next = node;
	else
		at(b, level->node)->first = node;
	level->last = node;
	if (at(b, level->node)->kind == YAML_KIND_SEQUENCE) {
		at(b, level->node)->len++;
		return 0;
	}
	if (level->count++ % 2)
		return 0;
	if (at(b, node)->kind != YAML_KIND_SCALAR)
		return fault(b, mark, "a key must be a word, not a list or a mapping");
	if (++at(b, level->node)->len > YAML_KEYS_MAX)
		return fault(b, mark, "too many keys in one mapping");
	return 0;
}

static int add(struct builder *b, const yaml_event_t *event, const struct yaml_node *proto)
{
	struct yaml_tree *tree = b->tree;
	struct yaml_node *node;
	int r;

	if (tree->len == YAML_NODES_MAX)
		return fault(b, &event->start_mark, "too many values in one file");
	r = grow(tree);
	if (r < 0)
		return r;
	node = &tree->nodes[tree->len++];
	*node = *proto;
	node->line = (uint32_t)event->start_mark.line + 1;
	node->column = (uint32_t)event->start_mark.column + 1;
	return hang(b, (uint32_t)(tree->len - 1), &event->start_mark);
}

static void refuse_properties(struct builder *b, const yaml_event_t *event,
			      const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		(void)fault(b, &event->start_mark, "an anchor (&) has no place here");
	if (tag)
		(void)fault(b, &event->start_mark, "a tag (!) has no place here");
}

static int on_scalar(struct builder *b, const yaml_event_t *event)
{
	size_t len = event->data.scalar.length;
	struct yaml_node node = {
		.kind = YAML_KIND_SCALAR,
		.len = (uint32_t)len,
		.text = (uint32_t)b->tree->text.len,
		.plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
	};

	refuse_properties(b, event, event->data.scalar.anchor, event->data.scalar.tag);
	if (memchr(event->data.scalar.value, '\0', len))
		return fault(b, &event->start_mark, "a zero byte is not text");
	buf_add(&b->tree->text, event->data.scalar.value, len);
	buf_add(&b->tree->text, "", 1);
	if (b->tree->text.failed)
		return -ENOMEM;
	return add(b, event, &node);
}

static int on_start(struct builder *b, const yaml_event_t *event, enum yaml_kind kind)
{
	struct yaml_node node = { .kind = (uint8_t)kind };
	int r;

	if (b->depth == REGISTRY_DEPTH_MAX)
		return fault(b, &event->start_mark, "nested too deep");
	r = add(b, event, &node);
	if (r < 0)
		return r;
	b->open[b->depth++] = (struct level) { .node = (uint32_t)(b->tree->len - 1) };
	return 0;
}

static void refuse_doubles(struct builder *b, const struct yaml_node *mapping)
{
	const struct yaml_node *key, *before;

	for (key = yaml_tree_first(b->tree, mapping); key;
	     key = yaml_tree_next(b->tree, yaml_tree_next(b->tree, key))) {
		before = yaml_tree_key_before(b->tree, mapping, key);
		if (before)
			diags_add(b->diags, b->file, key->line, key->column,
				  "%.64s: the key was given in line %u already",
				  yaml_tree_text(b->tree, key), before->line);
	}
}

static int on_end(struct builder *b)
{
	const struct yaml_node *node = at(b, b->open[--b->depth].node);

	if (node->kind == YAML_KIND_MAPPING)
		refuse_doubles(b, node);
	return 0;
}

static int on_document(struct builder *b, const yaml_event_t *event)
{
	if (b->any)
		return fault(b, &event->start_mark, "a second document: one file is one document");
	b->any = true;
	return 0;
}

static int on_event(struct builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(b, event);
	case YAML_SCALAR_EVENT:
		return on_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		refuse_properties(b, event, event->data.sequence_start.anchor,
				  event->data.sequence_start.tag);
		return on_start(b, event, YAML_KIND_SEQUENCE);
	case YAML_MAPPING_START_EVENT:
		refuse_properties(b, event, event->data.mapping_start.anchor,
				  event->data.mapping_start.tag);
		return on_start(b, event, YAML_KIND_MAPPING);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(b);
	case YAML_ALIAS_EVENT:
		return fault(b, &event->start_mark, "an alias (*) has no place here");
	default:
		return 0;
	}
}

static int build(struct builder *b)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	int r = 0;

	while (r == 0 && type != YAML_STREAM_END_EVENT) {
		_cleanup_(yaml_event_delete) yaml_event_t event = { 0 };

		if (!yaml_parser_parse(&b->parser, &event))
			return parser_fault(b);
		type = event.type;
		r = on_event(b, &event);
	}
	return r;
}

int yaml_tree_parse(const char *file, const char *text, size_t len, struct diags *diags,
		    struct yaml_tree **ret_tree)
{
	_cleanup_(builder_done) struct builder b = { .file = file, .diags = diags };
	const struct yaml_node *root;
	int r;

	if (!yaml_bytes_check(file, text, len, diags))
		return -EINVAL;
	b.tree = calloc(1, sizeof(*b.tree));
	if (!b.tree || !yaml_parser_initialize(&b.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, len);
	r = build(&b);
	if (r < 0)
		return r;
	root = b.tree->nodes;
	if (!root || (root->kind == YAML_KIND_SCALAR && root->plain && root->len == 0)) {
		diags_add(diags, file, 0, 0, "empty: there is no document in it");
		return -EINVAL;
	}
	*ret_tree = TAKE_PTR(b.tree);
	return 0;
}
