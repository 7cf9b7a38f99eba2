// SPDX-License-Identifier: MIT
/*
 * A communication matrix. It is refused with at least one message, safe for a
 * terminal, or it is a layer that our reader takes as it is, each of whose rows has a
 * process and owners without globs but for the end of a pod's name.
 */
#include "layer_text.h"

#include <errno.h>

#include "../../user/formats/matrix_read.h"

static void check_name(const char *text, size_t suffix)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	CHECK(n + suffix == strlen(text));
}

static void check_row(const struct reg_row *row)
{
	CHECK(row->kind == REG_ENTRY && row->process && *row->process);
	for (size_t i = 0; i < row->owners_len; i++) {
		const struct reg_owner *owner = &row->owners[i];

		if (owner->namespace_)
			check_name(owner->namespace_, 0);
		if (owner->container)
			check_name(owner->container, 0);
		if (owner->pod)
			check_name(owner->pod, 1);
		CHECK(!owner->exe && (!owner->unit || !strpbrk(owner->unit, "*?[")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_free_ char *text = fuzz_copy(data, size);
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct layer_source source = {
		.file = "matrix",
		.text = text,
		.len = size,
		.name = "matrix",
		.facts = "a test",
	};
	int r = matrix_read(&source, &diags, &layer);

	CHECK(r == 0 || r == -EINVAL);
	CHECK((r == 0) == (layer != NULL) && (r == 0) == (diags.total == 0));
	diags_text(&diags, &out);
	check_safe(&out, true);
	if (!layer)
		return 0;
	for (size_t i = 0; i < layer->len; i++)
		check_row(&layer->rows[i]);
	check_written(layer);
	return 0;
}
