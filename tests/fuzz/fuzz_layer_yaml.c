// SPDX-License-Identifier: MIT
/* A layer that is read from a file, written and read again is the same layer. */
#include "layer_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_free_ char *copy = fuzz_copy(data, size);
	_cleanup_diags_ struct diags diags = { 0 };

	if (layer_parse("file", copy, size, &diags, &layer) == 0)
		check_written(layer);
	return 0;
}
