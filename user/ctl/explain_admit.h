/* SPDX-License-Identifier: MIT */
/* What would let a bind() through that is a violation. Pure. */
#pragma once

#include "../policy/explain.h"

/*
 * Append the row of a site's layer that would admit the bind(), as an item of its `entries`,
 * without a line end; nothing, if it is no violation, or no row admits it. `process` is the name
 * of the process that has the port, or NULL. Class owner takes the owner from what is known of the
 * process, and has no row if nothing is.
 */
void explain_admit_row(const struct explanation *explanation, const char *process, struct buf *out);

/* Append what to do, in lines for a person; nothing, if it is no violation. */
void explain_admit_text(const struct explanation *explanation, const char *process,
			struct buf *out);
