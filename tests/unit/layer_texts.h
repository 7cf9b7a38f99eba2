/* SPDX-License-Identifier: MIT */
/* Layers as text, so that tests can say that two are the same. */
#pragma once

#include "registry_cases.h"

#include "../../user/registry/row_json.h"

/* All rows of a layer, a line each, without their lines in the file; the caller's. */
static inline char *layer_rows_text(const struct reg_layer *layer)
{
	struct buf out = { 0 };
	struct jsonw w = { .out = &out };
	struct reg_row row;

	for (size_t i = 0; i < layer->len; i++) {
		row = layer->rows[i];
		row.line = 0;
		row_json(&w, layer, &row);
		buf_putc(&out, '\n');
		w.comma = false;
	}
	return buf_take(&out);
}

/* Two layers have the same name, source and rows. */
static inline void check_layers(const char *name, const struct reg_layer *got,
				const struct reg_layer *want)
{
	_cleanup_free_ char *a = layer_rows_text(got), *b = layer_rows_text(want);

	check_text(name, got->name, want->name);
	check_text(name, got->source, want->source);
	check_text(name, a, b);
}
