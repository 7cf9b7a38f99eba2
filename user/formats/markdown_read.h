/* SPDX-License-Identifier: MIT */
/* The Host Port Registry page, in Markdown, to a layer. Pure. */
#pragma once

#include "layer_build.h"

/*
 * Read the tables below the headings External (TCP, UDP, ...), Localhost-only and
 * Previously allocated; the last two are of TCP where no heading below says else.
 * Their columns may stand in any order. Rows stay in theirs,
 * entries before retired ones, and keep the lines of the page. -EINVAL with messages
 * for all that is wrong, and for a page without such a table; -ENOMEM. The layer is
 * the caller's.
 */
int markdown_read(const struct layer_source *source, struct diags *diags,
		  struct reg_layer **ret_layer);
