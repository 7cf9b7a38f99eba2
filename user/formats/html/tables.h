/* SPDX-License-Identifier: MIT */
/* The page's tables as HTML, for who reads or prints it without its script. Pure. */
#pragma once

#include "page.h"

/*
 * Append the rows of a table body, <tr>s: of the registry by port, at most
 * PAGE_STATIC_ROWS; of the listeners and of the violations in the order of the
 * documents, likewise; and all findings, as <li>s.
 */
void html_tables_rows(const struct page *page, struct buf *out);
void html_tables_listeners(const struct page *page, struct buf *out);
void html_tables_violations(const struct page *page, struct buf *out);
void html_tables_findings(const struct page *page, struct buf *out);

/* The rows of all layers. */
size_t html_tables_rows_count(const struct registry *reg);
