// SPDX-License-Identifier: MIT
#include "registry.h"

#include <errno.h>
#include <string.h>

#include "drops.h"
#include "row_fields.h"

static void layer_done(struct reg_layer *layer)
{
	for (size_t i = 0; i < layer->len; i++)
		row_done(&layer->rows[i]);
	free(layer->rows);
	free(layer->name);
	free(layer->source);
	free(layer->path);
}

void layer_free(struct reg_layer *layer)
{
	if (!layer)
		return;
	layer_done(layer);
	free(layer);
}

void registry_free(struct registry *reg)
{
	if (!reg)
		return;
	for (size_t i = 0; i < reg->len; i++)
		layer_done(&reg->layers[i]);
	free(reg->layers);
	free(reg);
}

static size_t owned_rows(const struct reg_layer *layer)
{
	size_t n = 0;

	for (size_t i = 0; i < layer->len; i++)
		n += reg_row_owned(&layer->rows[i]);
	return n;
}

/* Can the layer be the top one? Adds to diags why not. */
static bool may_add_layer(const struct registry *reg, const struct reg_layer *layer,
			  struct diags *diags)
{
	size_t rows = layer->len, owned = owned_rows(layer), before = diags->total;

	if (reg->len == REGISTRY_LAYERS_MAX)
		diags_add(diags, layer->path, 0, 0, "more than %d layers", REGISTRY_LAYERS_MAX);
	for (size_t i = 0; i < reg->len; i++) {
		rows += reg->layers[i].len;
		owned += owned_rows(&reg->layers[i]);
		if (strcmp(reg->layers[i].name, layer->name) == 0)
			diags_add(diags, layer->path, 0, 0, "name: %s: %s has the name already",
				  layer->name, reg->layers[i].path);
	}
	if (rows > REGISTRY_ROWS_MAX)
		diags_add(diags, layer->path, 0, 0, "with it there are %zu rows, more than %d",
			  rows, REGISTRY_ROWS_MAX);
	if (owned > REGISTRY_OWNED_MAX)
		diags_add(diags, layer->path, 0, 0,
			  "with it there are %zu clients and exceptions with owners, more than %d",
			  owned, REGISTRY_OWNED_MAX);
	return diags->total == before;
}

int registry_add(struct registry *reg, struct reg_layer *layer, struct diags *diags)
{
	_cleanup_(layer_freep) struct reg_layer *owned = layer;
	struct reg_layer *layers;
	int r;

	if (!may_add_layer(reg, layer, diags))
		return -EINVAL;
	r = drops_apply(reg, layer, diags);
	if (r < 0)
		return r;
	layers = reallocarray(reg->layers, reg->len + 1, sizeof(*layers));
	if (!layers)
		return -ENOMEM;
	reg->layers = layers;
	layers[reg->len++] = *owned;
	free(TAKE_PTR(owned));
	return 0;
}

/* Rows are sorted by kind: how many are of kinds up to this one? */
static size_t rows_up_to(const struct reg_layer *layer, enum reg_kind kind)
{
	size_t low = 0, high = layer->len, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (layer->rows[middle].kind <= kind)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many rows can decide? They come first. */
static size_t deciding_rows(const struct reg_layer *layer)
{
	return rows_up_to(layer, REG_CLIENT);
}

size_t layer_rows(const struct reg_layer *layer)
{
	return rows_up_to(layer, REG_EXCEPTION);
}

const struct reg_row *registry_row(const struct registry *reg, uint32_t number,
				   const struct reg_layer **ret_layer)
{
	size_t at = number, n;

	if (number == 0)
		return NULL;
	at--;
	for (size_t i = 0; i < reg->len; i++) {
		n = deciding_rows(&reg->layers[i]);
		if (at >= n) {
			at -= n;
			continue;
		}
		if (ret_layer)
			*ret_layer = &reg->layers[i];
		return &reg->layers[i].rows[at];
	}
	return NULL;
}

bool registry_empty(const struct registry *reg)
{
	for (size_t i = 0; i < reg->len; i++) {
		const struct reg_layer *layer = &reg->layers[i];
		size_t n = rows_up_to(layer, REG_RETIRED);

		for (size_t j = 0; j < n; j++)
			if (!layer->rows[j].dropped)
				return false;
	}
	return true;
}
