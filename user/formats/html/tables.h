/* SPDX-License-Identifier: MIT */
/* The page's tables as HTML, to be read or printed without its script. Pure. */
#pragma once

#include "page.h"

/*
 * Append the rows of a table body as <tr>s, at most PAGE_STATIC_ROWS: of the registry by
 * port, of listeners and violations in the order of their documents. Findings are <li>s,
 * all of them.
 */
void html_tables_rows(const struct page *page, struct buf *out);
void html_tables_listeners(const struct page *page, struct buf *out);
void html_tables_violations(const struct page *page, struct buf *out);
void html_tables_findings(const struct page *page, struct buf *out);

/* The rows of all layers. */
size_t html_tables_rows_count(const struct registry *reg);
