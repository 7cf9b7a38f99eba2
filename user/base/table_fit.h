/* SPDX-License-Identifier: MIT */
/* Which columns of a table are shown, and how wide, where it is wider than its terminal. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct table_fit_column {
	size_t natural; /* what its widest cell takes */
	size_t least;	/* what it can be cut to; as natural: it is not cut */
	uint8_t drop;	/* those of the greatest number are left out first; 0: never */
	size_t width;	/* the answer; 0: it is left out */
};

/*
 * Fit columns, with a blank between two, into a width: leave out what may be, until the rest can be
 * cut to it, and then cut the widest. What may be neither cut nor left out keeps its width, and the
 * terminal breaks the lines.
 */
void table_fit(struct table_fit_column *columns, size_t len, size_t width);
