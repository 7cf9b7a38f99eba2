// SPDX-License-Identifier: MIT
#include "yaml.h"

#include <errno.h>
#include <string.h>

#include "registry.h"
#include "yaml_builder.h"
#include "yaml_json.h"
#include "yaml_text.h"

static const struct yaml_dialect registry_file = {
	.depth = REGISTRY_DEPTH_MAX,
	.keys = YAML_KEYS_MAX,
};

void yaml_builder_done(struct yaml_builder *b)
{
	yaml_parser_delete(&b->parser);
	yaml_tree_free(b->tree);
	yaml_anchors_free(&b->anchors);
}

static unsigned int line_of(const struct yaml_builder *b, const yaml_mark_t *mark)
{
	return b->line + (unsigned int)mark->line + 1;
}

static unsigned int column_of(const struct yaml_builder *b, const yaml_mark_t *mark)
{
	return (mark->line ? 0 : b->column) + (unsigned int)mark->column + 1;
}

static int add_fault(struct yaml_builder *b, const yaml_mark_t *mark, const char *what)
{
	b->fault = *mark;
	diags_add(b->diags, b->file, line_of(b, mark), column_of(b, mark), "%s", what);
	return -EINVAL;
}

/* What libyaml itself finds wrong. */
static int add_parser_fault(struct yaml_builder *b)
{
	const yaml_parser_t *p = &b->parser;
	unsigned int line = line_of(b, &p->problem_mark);
	unsigned int column = column_of(b, &p->problem_mark);

	b->fault = p->problem_mark;
	if (p->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (b->unread) {
		b->fault.line = SIZE_MAX; /* what feeds the parser has said it */
	} else if (p->error == YAML_READER_ERROR) {
		/* It has no mark: it reads ahead of what it has scanned. */
		b->fault.line = SIZE_MAX;
		diags_add(b->diags, b->file, 0, 0, "%s (byte %zu)", p->problem, p->problem_offset);
	} else if (p->context) {
		diags_add(b->diags, b->file, line, column, "%s, %s that starts at %u:%u",
			  p->problem, p->context, line_of(b, &p->context_mark),
			  column_of(b, &p->context_mark));
	} else {
		diags_add(b->diags, b->file, line, column, "%s", p->problem);
	}
	return -EINVAL;
}

static struct yaml_node *node_at(const struct yaml_builder *b, uint32_t node)
{
	return &b->tree->nodes[node];
}

/* Hang a new node, which was the last one added, into what is open. */
static int add_to_open(struct yaml_builder *b, uint32_t node, const yaml_mark_t *mark)
{
	struct yaml_level *level;

	if (b->depth == 0)
		return 0;
	level = &b->open[b->depth - 1];
	if (level->last)
		node_at(b, level->last)->next = node;
	else
		node_at(b, level->node)->first = node;
	level->last = node;
	if (node_at(b, level->node)->kind == YAML_KIND_SEQUENCE) {
		node_at(b, level->node)->len++;
		return 0;
	}
	if (level->count++ % 2)
		return 0;
	if (node_at(b, node)->kind != YAML_KIND_SCALAR)
		return add_fault(b, mark, "a key must be a word, not a list or a mapping");
	if (++node_at(b, level->node)->len > b->dialect->keys)
		return add_fault(b, mark, "too many keys in one mapping");
	return 0;
}

static int add_node(struct yaml_builder *b, const yaml_event_t *event,
		    const struct yaml_node *proto)
{
	struct yaml_node node = *proto;
	int r;

	node.line = line_of(b, &event->start_mark);
	node.column = column_of(b, &event->start_mark);
	r = yaml_tree_add(b->tree, &node);
	if (r == -E2BIG)
		return add_fault(b, &event->start_mark, "too many values in one file");
	return r < 0 ? r : add_to_open(b, (uint32_t)(b->tree->len - 1), &event->start_mark);
}

/* Take what stands before the node that comes next, or say that it has no place. */
static int on_properties(struct yaml_builder *b, const yaml_event_t *event,
			 const yaml_char_t *anchor, const yaml_char_t *tag)
{
	int r = 0;

	if (b->dialect->loose) {
		if (anchor)
			r = yaml_anchors_set(&b->anchors, (const char *)anchor,
					     (uint32_t)b->tree->len);
		return r == -E2BIG ? add_fault(b, &event->start_mark, "too many anchors") : r;
	}
	if (anchor)
		(void)add_fault(b, &event->start_mark, "an anchor (&) has no place here");
	if (tag)
		(void)add_fault(b, &event->start_mark, "a tag (!) has no place here");
	return 0;
}

/* Add a scalar's text; its length without what follows it, or an error. */
static int add_text(struct yaml_builder *b, const yaml_event_t *event, uint32_t *ret_len)
{
	struct buf *text = &b->tree->text;
	size_t start = text->len, len = event->data.scalar.length;
	char *zero;

	buf_add(text, event->data.scalar.value, len + 1); /* it ends with a zero byte */
	if (text->failed)
		return -ENOMEM;
	if (b->parted) {
		len = yaml_json_join(text->data + start, len);
		text->len = start + len;
		buf_add(text, "", 1);
	}
	while ((zero = memchr(text->data + start, '\0', len))) {
		if (!b->dialect->loose)
			return add_fault(b, &event->start_mark, "a zero byte is not text");
		*zero = '\x1a';
	}
	*ret_len = (uint32_t)len;
	return 0;
}

static int on_scalar(struct yaml_builder *b, const yaml_event_t *event)
{
	const char *tag = (const char *)event->data.scalar.tag;
	struct yaml_node node = {
		.kind = YAML_KIND_SCALAR,
		.text = (uint32_t)b->tree->text.len,
		.plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
			 !(tag && strcmp(tag, YAML_STR_TAG) == 0),
		.block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE,
	};
	int r = on_properties(b, event, event->data.scalar.anchor, event->data.scalar.tag);

	if (r == 0)
		r = add_text(b, event, &node.len);
	return r < 0 ? r : add_node(b, event, &node);
}

static int on_start(struct yaml_builder *b, const yaml_event_t *event, enum yaml_kind kind)
{
	struct yaml_node node = { .kind = (uint8_t)kind, .height = 1 };
	int r;

	if (b->depth == b->dialect->depth)
		return add_fault(b, &event->start_mark, "nested too deep");
	r = add_node(b, event, &node);
	if (r < 0)
		return r;
	b->open[b->depth++] = (struct yaml_level) { .node = (uint32_t)(b->tree->len - 1) };
	return 0;
}

/* Make what is open as high as what was hung into it. */
static void raise_open(struct yaml_builder *b, uint8_t height)
{
	struct yaml_node *node;

	if (b->depth == 0)
		return;
	node = node_at(b, b->open[b->depth - 1].node);
	if (node->height <= height)
		node->height = (uint8_t)(height + 1);
}

static bool is_open(const struct yaml_builder *b, uint32_t node)
{
	for (size_t i = 0; i < b->depth; i++)
		if (b->open[i].node == node)
			return true;
	return false;
}

static int on_alias(struct yaml_builder *b, const yaml_event_t *event)
{
	struct yaml_node node;
	uint32_t named;

	if (!b->dialect->loose)
		return add_fault(b, &event->start_mark, "an alias (*) has no place here");
	if (yaml_anchors_find(&b->anchors, (const char *)event->data.alias.anchor, &named) < 0)
		return add_fault(b, &event->start_mark, "an alias (*) of nothing before it");
	if (is_open(b, named))
		return add_fault(b, &event->start_mark, "an alias (*) of what it is in");
	node = *node_at(b, named);
	node.next = 0;
	if (b->depth + node.height > b->dialect->depth)
		return add_fault(b, &event->start_mark, "nested too deep");
	raise_open(b, node.height);
	return add_node(b, event, &node);
}

static void on_double_key(void *data, const struct yaml_node *key, const struct yaml_node *before)
{
	struct yaml_builder *b = data;

	diags_add(b->diags, b->file, key->line, key->column,
		  "%.64s: the key was given in line %u already", yaml_tree_text(b->tree, key),
		  before->line);
}

static int on_end(struct yaml_builder *b)
{
	const struct yaml_node *node = node_at(b, b->open[--b->depth].node);

	raise_open(b, node->height);
	return node->kind == YAML_KIND_MAPPING ?
		       yaml_tree_doubles(b->tree, node, on_double_key, b) :
		       0;
}

static int on_document(struct yaml_builder *b, const yaml_event_t *event)
{
	if (b->documents && !b->dialect->loose)
		return add_fault(b, &event->start_mark,
				 "a second document: one file is one document");
	if (++b->documents > YAML_STREAM_DOCUMENTS_MAX)
		return add_fault(b, &event->start_mark, "too many documents in one file");
	return 0;
}

static int on_sequence(struct yaml_builder *b, const yaml_event_t *event)
{
	int r = on_properties(b, event, event->data.sequence_start.anchor,
			      event->data.sequence_start.tag);

	return r < 0 ? r : on_start(b, event, YAML_KIND_SEQUENCE);
}

static int on_mapping(struct yaml_builder *b, const yaml_event_t *event)
{
	int r = on_properties(b, event, event->data.mapping_start.anchor,
			      event->data.mapping_start.tag);

	return r < 0 ? r : on_start(b, event, YAML_KIND_MAPPING);
}

static int on_event(struct yaml_builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(b, event);
	case YAML_SCALAR_EVENT:
		return on_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return on_sequence(b, event);
	case YAML_MAPPING_START_EVENT:
		return on_mapping(b, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(b);
	case YAML_ALIAS_EVENT:
		return on_alias(b, event);
	default:
		return 0;
	}
}

/*
 * Is there a part of a document, to be handed over before the rest is read? That is so of a long
 * list of items, at an item's end; anchors may be named in any of them.
 */
static bool is_part(const struct yaml_builder *b)
{
	const struct yaml_level *root = &b->open[0], *list = &b->open[1];
	size_t len;

	if (!b->parts || b->depth != 2 || !list->last || b->anchors.len)
		return false;
	len = b->tree->len - list->node;
	return len > YAML_PART_NODES && len > list->node &&
	       node_at(b, root->node)->kind == YAML_KIND_MAPPING &&
	       node_at(b, list->node)->kind == YAML_KIND_SEQUENCE &&
	       strcmp(yaml_tree_text(b->tree, node_at(b, list->node - 1)), "items") == 0;
}

int yaml_builder_build(struct yaml_builder *b, yaml_event_type_t end)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	int r = 0;

	while (r == 0 && type != YAML_STREAM_END_EVENT && type != end) {
		_cleanup_(yaml_event_delete) yaml_event_t event = { 0 };

		if (!yaml_parser_parse(&b->parser, &event))
			return add_parser_fault(b);
		type = event.type;
		r = on_event(b, &event);
		if (r == 0 && is_part(b))
			return YAML_BUILDER_PART;
	}
	return r < 0 ? r : (int)type;
}

/* A tree with what stands before a list's items, and the list without them. */
static struct yaml_tree *tree_of_rest(const struct yaml_tree *tree, uint32_t list)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *rest = yaml_tree_new(tree->max);
	const struct yaml_node *key = &tree->nodes[list - 1];

	for (uint32_t i = 0; rest && i <= list; i++)
		if (yaml_tree_add(rest, &tree->nodes[i]) < 0)
			return NULL;
	if (!rest)
		return NULL;
	rest->nodes[list].first = 0;
	rest->nodes[list].len = 0;
	rest->before = tree->before + tree->nodes[list].len;
	buf_add(&rest->text, tree->text.data, key->text + key->len + 1UL);
	return rest->text.failed ? NULL : TAKE_PTR(rest);
}

int yaml_builder_part(struct yaml_builder *b, struct yaml_tree **ret_tree)
{
	struct yaml_level *list = &b->open[1];
	struct yaml_tree *rest = tree_of_rest(b->tree, list->node);

	if (!rest)
		return -ENOMEM;
	list->last = 0;
	b->tree->more = true;
	*ret_tree = b->tree;
	b->tree = rest;
	return 0;
}

int yaml_builder_parse(struct yaml_builder *b, yaml_read_handler_t *feed, const char *text,
		       size_t len)
{
	yaml_parser_delete(&b->parser);
	if (!yaml_parser_initialize(&b->parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
	if (feed)
		yaml_parser_set_input(&b->parser, feed, b);
	else
		yaml_parser_set_input_string(&b->parser, (const unsigned char *)text, len);
	return 0;
}

int yaml_tree_parse_up_to(const char *file, const char *text, size_t len, size_t nodes,
			  struct diags *diags, struct yaml_tree **ret_tree)
{
	_cleanup_(yaml_builder_done) struct yaml_builder b = {
		.dialect = &registry_file,
		.file = file,
		.diags = diags,
	};
	const struct yaml_node *root;
	int r;

	if (!yaml_text_check(file, text, len, 0, diags))
		return -EINVAL;
	b.tree = yaml_tree_new(nodes);
	r = b.tree ? yaml_builder_parse(&b, NULL, text, len) : -ENOMEM;
	if (r == 0)
		r = yaml_builder_build(&b, YAML_STREAM_END_EVENT);
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
