/* SPDX-License-Identifier: MIT */
/* The page's data, as its script reads them. Pure. */
#pragma once

#include "page.h"

/*
 * Append one JSON object: "title", "generated", "node" (or null), "layers",
 * "rows" (as row_json(), with "here", the class of a row on this node, where facts
 * are given and the row does not hold), "listeners", "violations" and "findings"
 * (lists, or null), "left_out", listeners that the agent left out.
 */
void html_document_put(const struct page *page, struct buf *out);
