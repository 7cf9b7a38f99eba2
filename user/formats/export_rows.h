/* SPDX-License-Identifier: MIT */
/* What an export is of: rows, layer by layer, and the nodes that they are for. Pure. */
#pragma once

#include "../base/buf.h"
#include "../policy/policy.h"

struct export_rows {
	const struct registry *registry;
	size_t layer, row; /* of the next one */
};

/*
 * The next row that registers, documents or excepts ports and that no drop took away,
 * or NULL; ret_layer may be NULL.
 */
const struct reg_row *export_rows_next(struct export_rows *rows,
				       const struct reg_layer **ret_layer);

/* Say how many findings layers accept, which no export of several of them can hold. */
void export_accepts(const struct registry *registry, struct buf *said);

/* For a comment: the layers' names, " a, b"; and "For nodes of role any, any platform, version
 * any". */
void export_put_layers(const struct registry *registry, struct buf *out);
void export_put_node(const struct node_facts *facts, struct buf *out);
