/* SPDX-License-Identifier: MIT */
/* All that a layer says, but for the places of its rows, as one text. */
#pragma once

#include "fuzz.h"

#include "../../user/formats/layer_yaml.h"
#include "../../user/registry/row_json.h"

static inline void layer_text(const struct reg_layer *layer, struct buf *out)
{
	struct jsonw w = { .out = out };
	struct reg_row row;

	jsonw_object(&w, NULL);
	jsonw_string(&w, "name", layer->name);
	jsonw_string_opt(&w, "source", layer->source);
	jsonw_array(&w, "rows");
	for (int kind = 0; kind < REG_KIND_MAX; kind++) {
		for (size_t i = 0; i < layer->len; i++) {
			if (layer->rows[i].kind != (enum reg_kind)kind)
				continue;
			row = layer->rows[i];
			row.line = 0;
			row_json(&w, layer, &row);
		}
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	CHECK(!out->failed);
}

/* Two layers say the same. */
static inline void check_same(const struct reg_layer *a, const struct reg_layer *b)
{
	_cleanup_buf_ struct buf want = { 0 }, got = { 0 };

	layer_text(a, &want);
	layer_text(b, &got);
	CHECK(strcmp(want.data, got.data) == 0);
}

/* A layer that is written and read again is the same layer. */
static inline void check_written(const struct reg_layer *layer)
{
	_cleanup_(layer_freep) struct reg_layer *again = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };

	layer_yaml(layer, &text);
	CHECK(!text.failed);
	CHECK(layer_parse("again", text.data, text.len, &diags, &again) == 0);
	check_same(layer, again);
}
