/* SPDX-License-Identifier: MIT */
/* What two registries do not have in common, by protocol and port. Pure. */
#pragma once

#include "compare_rule.h"
#include "difference.h"

/*
 * Compare b with a, where both sides can know: rows that neither drops nor a later
 * layer took, range by range, so that how rows are cut makes no difference. Sorted by
 * protocol and port. 0; -E2BIG when too many rows name the same ports; -ENOMEM. Both
 * must outlive the differences.
 */
int compare(const struct compare_side *a, const struct compare_side *b,
	    struct differences *ret_differences);

/*
 * Append them as text: two lines with the names of the sides, then a line for each,
 * `- tcp 80 ...`, `+ ...` or `~ ...`, fields below it, and a line of counts. Nothing
 * when there are none.
 */
void differences_text(const struct differences *differences, const char *a, const char *b,
		      struct buf *out);

/*
 * Append them as one JSON document: {"a","b","differences":[{"type","kind","protocol",
 * "ports","to_ports","digits_exchanged","from","to","fields":[{"field","from","to"}]}],
 * "added","removed","changed","moved"}. Rows are as row_json.h has them.
 */
void differences_json(const struct differences *differences, const char *a, const char *b,
		      struct buf *out);
