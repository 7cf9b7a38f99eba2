/* SPDX-License-Identifier: MIT */
/* May one registry replace another while an agent runs? Pure. */
#pragma once

#include "registry.h"

/* The same layers of the same files with the same texts, in the same order? */
bool registry_same(const struct registry *a, const struct registry *b);

/*
 * Say why `next` must not replace `now` by itself: a layer is gone (no layer has its name
 * or its file), a layer has lost all its rows, or no row is left. `shrink`: a user asked
 * for it; then only the last reason counts.
 */
void registry_replace_check(const struct registry *now, const struct registry *next, bool shrink,
			    struct diags *diags);

/* Append the differences: "site: 5 rows (4 before), old: gone", or "the same layers". */
void registry_changes(const struct registry *now, const struct registry *next, struct buf *out);
