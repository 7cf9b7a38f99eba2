// SPDX-License-Identifier: MIT
/* A layer that is read from a file, written and read again is the same layer. */
#include "fuzz.h"

#include <errno.h>

#include "../../user/exchange/layer_yaml.h"
#include "../../user/registry/row_json.h"

/* All that a layer says, but for the places of its rows. */
static void put(const struct reg_layer *layer, struct buf *out)
{
	struct jsonw w = { .out = out };
	struct reg_row row;

	jsonw_object(&w, NULL);
	jsonw_string(&w, "name", layer->name);
	jsonw_string_opt(&w, "source", layer->source);
	jsonw_array(&w, "rows");
	for (size_t i = 0; i < layer->len; i++) {
		row = layer->rows[i];
		row.line = 0;
		row_json(&w, layer, &row);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	CHECK(!out->failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL, *again = NULL;
	_cleanup_buf_ struct buf text = { 0 }, want = { 0 }, got = { 0 };
	_cleanup_free_ char *copy = fuzz_copy(data, size);
	_cleanup_diags_ struct diags diags = { 0 };

	if (layer_parse("file", copy, size, &diags, &layer) < 0)
		return 0;
	layer_yaml(layer, &text);
	CHECK(!text.failed);
	CHECK(layer_parse("again", text.data, text.len, &diags, &again) == 0);
	put(layer, &want);
	put(again, &got);
	CHECK(strcmp(want.data, got.data) == 0);
	return 0;
}
