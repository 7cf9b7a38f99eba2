/* SPDX-License-Identifier: MIT */
/* The rows that an export is of, layer by layer. Pure. */
#pragma once

#include "../base/buf.h"
#include "../registry/registry.h"

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
