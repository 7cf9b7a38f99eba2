/* SPDX-License-Identifier: MIT */
/* One registry in the place of another, while an agent runs. Pure. */
#pragma once

#include "registry.h"

/* The same layers of the same files with the same texts, in the same order? */
bool registry_same(const struct registry *a, const struct registry *b);

/*
 * Say why `next` must not take the place of `now` by itself: a layer is gone (neither
 * its name nor its file is there any more) or has lost all its rows, or there is no row
 * left at all. `shrink`: somebody has asked for it; only the last holds then.
 */
void registry_replace_check(const struct registry *now, const struct registry *next, bool shrink,
			    struct diags *diags);

/* Append what is different: "site: 5 rows (4 before), old: gone", or "the same layers". */
void registry_changes(const struct registry *now, const struct registry *next, struct buf *out);
