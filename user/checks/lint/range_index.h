/* SPDX-License-Identifier: MIT */
/*
 * Ranges of ports, in groups, and which of them lie around, or touch, another
 * one: in logarithmic time, however many there are. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct indexed_range {
	uint64_t group;
	uint16_t first, last; /* both included */
	uint32_t item;	      /* the caller's */
	uint32_t widest;      /* filled in: of its group up to here, the one that goes furthest */
};

struct range_index {
	struct indexed_range *items;
	size_t len;
};

/* Make spans ready for the questions below: puts them in order. */
void range_index_sort(struct range_index *spans);

/* A span of the group in which first-last lies, or NULL. */
const struct indexed_range *range_index_around(const struct range_index *spans, uint64_t group,
					       uint16_t first, uint16_t last);

/* A span of the group that has a port in common with first-last, or NULL. */
const struct indexed_range *range_index_touching(const struct range_index *spans, uint64_t group,
						 uint16_t first, uint16_t last);
