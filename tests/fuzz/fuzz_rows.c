// SPDX-License-Identifier: MIT
/*
 * The CSV of `registry export`. It is refused with at least one message, safe for a terminal, or it
 * is a layer that our reader takes as it is.
 */
#include "layer_text.h"

#include <errno.h>

#include "../../user/formats/rows_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_free_ char *text = fuzz_copy(data, size);
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct layer_source source = {
		.file = "rows",
		.text = text,
		.len = size,
		.name = "rows",
	};
	int r = rows_read(&source, &diags, &layer);

	CHECK(r == 0 || r == -EINVAL);
	CHECK((r == 0) == (layer != NULL) && (r == 0) == (diags.total == 0));
	diags_text(&diags, &out);
	check_safe(&out, true);
	if (layer)
		check_written(layer);
	return 0;
}
