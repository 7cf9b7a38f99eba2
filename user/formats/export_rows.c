// SPDX-License-Identifier: MIT
#include "export_rows.h"

#include <inttypes.h>

#include "../base/escape.h"
#include "../registry/words.h"

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

void export_put_layers(const struct registry *registry, struct buf *out)
{
	for (size_t i = 0; i < registry->len; i++)
		buf_printf(out, "%s %s", i ? "," : "", registry->layers[i].name);
}

void export_put_node(const struct node_facts *facts, struct buf *out)
{
	buf_printf(out, "For nodes of role %s", word_role(facts->role));
	if (facts->platform) {
		buf_puts(out, ", platform ");
		escape_put(ESCAPE_COMMENT, facts->platform, out);
		buf_puts(out, ", version");
	} else {
		buf_puts(out, ", any platform, version");
	}
	if (facts->cluster.major || facts->cluster.minor)
		buf_printf(out, " %" PRIu16 ".%" PRIu16, facts->cluster.major,
			   facts->cluster.minor);
	else
		buf_puts(out, " any");
}
