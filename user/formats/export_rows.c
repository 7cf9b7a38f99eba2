// SPDX-License-Identifier: MIT
#include "export_rows.h"

const struct reg_row *export_rows_next(struct export_rows *rows, const struct reg_layer **ret_layer)
{
	while (rows->layer < rows->registry->len) {
		const struct reg_layer *layer = &rows->registry->layers[rows->layer];
		const struct reg_row *row;

		if (rows->row == layer->len) {
			rows->layer++;
			rows->row = 0;
			continue;
		}
		row = &layer->rows[rows->row++];
		/* what a drop did is seen in what is left */
		if (row->dropped || row->kind == REG_DROP || row->kind == REG_ACCEPT)
			continue;
		if (ret_layer)
			*ret_layer = layer;
		return row;
	}
	return NULL;
}

void export_accepts(const struct registry *registry, struct buf *said)
{
	size_t n = 0;

	for (size_t i = 0; i < registry->len; i++)
		n += registry->layers[i].len - layer_rows(&registry->layers[i]);
	if (n)
		buf_printf(said, "findings that layers accept, which are left out: %zu\n", n);
}
