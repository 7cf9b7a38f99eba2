// SPDX-License-Identifier: MIT
#include "replace.h"

#include <string.h>

static bool same_text(const struct reg_layer *a, const struct reg_layer *b)
{
	return a->digest == b->digest && a->text_len == b->text_len;
}

bool registry_same(const struct registry *a, const struct registry *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->layers[i].path, b->layers[i].path) != 0 ||
		    !same_text(&a->layers[i], &b->layers[i]))
			return false;
	return true;
}

/* What a layer is in another registry: that of its name, else that of its file, or NULL. */
static const struct reg_layer *find_layer(const struct registry *reg, const struct reg_layer *layer)
{
	for (size_t i = 0; i < reg->len; i++)
		if (strcmp(reg->layers[i].name, layer->name) == 0)
			return &reg->layers[i];
	for (size_t i = 0; i < reg->len; i++)
		if (strcmp(reg->layers[i].path, layer->path) == 0)
			return &reg->layers[i];
	return NULL;
}

void registry_replace_check(const struct registry *now, const struct registry *next, bool shrink,
			    struct diags *diags)
{
	for (size_t i = 0; !shrink && i < now->len; i++) {
		const struct reg_layer *layer = &now->layers[i], *other = find_layer(next, layer);

		if (!other)
			diags_add(diags, layer->path, 0, 0, "layer %s is gone", layer->name);
		else if (layer_rows(layer) && !layer_rows(other))
			diags_add(diags, other->path, 0, 0, "layer %s has no rows any more",
				  layer->name);
	}
	if (registry_empty(next))
		diags_add(diags, "registry", 0, 0, "empty: it would make every port unregistered");
}

static void put_rows(struct buf *out, size_t rows)
{
	buf_printf(out, "%zu row%s", rows, rows == 1 ? "" : "s");
}

static void put_name(struct buf *out, size_t start, const struct reg_layer *layer)
{
	buf_puts(out, out->len > start ? ", " : "");
	buf_put_safe(out, layer->name);
	buf_puts(out, ": ");
}

void registry_changes(const struct registry *now, const struct registry *next, struct buf *out)
{
	size_t start = out->len;

	for (size_t i = 0; i < next->len; i++) {
		const struct reg_layer *layer = &next->layers[i], *before = find_layer(now, layer);

		if (before && same_text(before, layer))
			continue;
		put_name(out, start, layer);
		put_rows(out, layer_rows(layer));
		if (before)
			buf_printf(out, " (%zu before)", layer_rows(before));
		else
			buf_puts(out, " (new)");
	}
	for (size_t i = 0; i < now->len; i++) {
		if (find_layer(next, &now->layers[i]))
			continue;
		put_name(out, start, &now->layers[i]);
		buf_puts(out, "gone");
	}
	if (out->len == start)
		buf_puts(out, "the same layers");
}
