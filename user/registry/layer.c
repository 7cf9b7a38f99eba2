// SPDX-License-Identifier: MIT
/* How a registry file becomes a layer. */
#include "registry.h"

#include <errno.h>
#include <string.h>

#include "../base/hash.h"
#include "reader.h"
#include "yaml.h"

static void head_done(struct file_head *head)
{
	free(head->name);
	free(head->source);
}

static int read_kind(const struct reader *r, const struct yaml_node *list, enum reg_kind kind,
		     struct reg_layer *layer)
{
	const struct yaml_node *item = list ? yaml_tree_first(r->tree, list) : NULL;
	struct reg_row *row;
	int err = 0;

	for (; item && err == 0; item = yaml_tree_next(r->tree, item)) {
		row = &layer->rows[layer->len++];
		*row = (struct reg_row) {
			.kind = kind,
			.line = item->line,
			.column = item->column,
			.any_proto = kind == REG_ACCEPT,
		};
		err = reader_mapping(r, &row_kinds[kind], item, row);
	}
	return err;
}

static int read_layer(const struct reader *r, const struct file_head *head, struct reg_layer *layer)
{
	size_t n = 0;
	int err = 0;

	for (int kind = 0; kind < REG_KIND_MAX; kind++)
		n += head->lists[kind] ? head->lists[kind]->len : 0;
	if (n > REGISTRY_ROWS_MAX) {
		diags_add(r->diags, r->file, 0, 0, "%zu rows are more than %d", n,
			  REGISTRY_ROWS_MAX);
		return 0;
	}
	layer->rows = calloc(n ? n : 1, sizeof(*layer->rows));
	if (!layer->rows)
		return -ENOMEM;
	for (int kind = 0; kind < REG_KIND_MAX && err == 0; kind++)
		err = read_kind(r, head->lists[kind], (enum reg_kind)kind, layer);
	return err;
}

int layer_parse(const char *file, const char *text, size_t len, struct diags *diags,
		struct reg_layer **ret_layer)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
	_cleanup_(head_done) struct file_head head = { 0 };
	struct reader r = { .file = file, .diags = diags };
	size_t before = diags->total;
	int err;

	err = yaml_tree_parse(file, text, len, diags, &tree);
	if (err < 0)
		return err;
	r.tree = tree;
	layer = calloc(1, sizeof(*layer));
	if (!layer || !(layer->path = strdup(file)))
		return -ENOMEM;
	err = reader_mapping(&r, &file_fields, tree->nodes, &head);
	if (err == 0)
		err = read_layer(&r, &head, layer);
	if (err < 0)
		return err;
	if (diags->total > before)
		return -EINVAL;
	layer->name = TAKE_PTR(head.name);
	layer->source = TAKE_PTR(head.source);
	layer->digest = hash_bytes(HASH_START, text, len);
	layer->text_len = len;
	*ret_layer = TAKE_PTR(layer);
	return 0;
}
