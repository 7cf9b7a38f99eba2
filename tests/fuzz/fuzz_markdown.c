// SPDX-License-Identifier: MIT
/*
 * The Host Port Registry page. It is refused with at least one message, safe for a
 * terminal, or it is a layer that our reader accepts, and a page written from it
 * is the same layer again, with nothing lost.
 */
#include "layer_text.h"

#include <errno.h>

#include "../../user/formats/markdown_read.h"
#include "../../user/formats/markdown_write.h"

static int read_page(const char *text, size_t len, struct diags *diags, struct reg_layer **ret)
{
	struct layer_source source = {
		.file = "page",
		.text = text,
		.len = len,
		.name = "page",
	};

	return markdown_read(&source, diags, ret);
}

static void put_row_text(const struct reg_layer *layer, const struct reg_row *row, struct buf *out)
{
	struct jsonw w = { .out = out };
	struct reg_row copy = *row;

	copy.line = 0;
	row_json(&w, layer, &copy);
}

/* Tables come in an order of their own, and so do their rows. */
static bool has_row(const struct reg_layer *layer, const struct reg_row *row)
{
	_cleanup_buf_ struct buf want = { 0 };

	put_row_text(layer, row, &want);
	for (size_t i = 0; i < layer->len; i++) {
		_cleanup_buf_ struct buf got = { 0 };

		put_row_text(layer, &layer->rows[i], &got);
		if (strcmp(got.data, want.data) == 0)
			return true;
	}
	return false;
}

static void check_page(const struct reg_layer *layer)
{
	struct reg_layer copy = *layer;
	struct registry registry = { .layers = &copy, .len = 1 };
	struct export_job job = { .registry = &registry };
	_cleanup_(layer_freep) struct reg_layer *again = NULL;
	_cleanup_buf_ struct buf text = { 0 }, said = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };

	CHECK(markdown_write(&job, &text, &said) == 0);
	CHECK(said.len == 0);
	if (layer->len == 0)
		return;
	CHECK(read_page(text.data, text.len, &diags, &again) == 0);
	CHECK(again->len == layer->len);
	for (size_t i = 0; i < layer->len; i++)
		CHECK(has_row(again, &layer->rows[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_free_ char *text = fuzz_copy(data, size);
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	int r = read_page(text, size, &diags, &layer);

	CHECK(r == 0 || r == -EINVAL);
	CHECK((r == 0) == (layer != NULL) && (r == 0) == (diags.total == 0));
	diags_text(&diags, &out);
	check_safe(&out, true);
	CHECK((diags.total > 0) == (out.len > 0));
	if (!layer)
		return 0;
	check_written(layer);
	check_page(layer);
	return 0;
}
