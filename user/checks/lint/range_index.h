/* SPDX-License-Identifier: MIT */
/*
 * Ranges of ports, in groups, sorted so that the ranges around another one, or
 * touching it, are found in logarithmic time. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct indexed_range {
	uint64_t group;
	uint16_t first, last; /* both included */
	uint32_t item;	      /* the caller's */
	uint32_t widest;      /* filled in: the one of its group, up to here, that ends last */
};

struct range_index {
	struct indexed_range *items;
	size_t len;
};

/* Sort an index, before it is asked. */
void range_index_sort(struct range_index *index);

/* A range of the group that has all of first-last, or NULL. */
const struct indexed_range *range_index_around(const struct range_index *index, uint64_t group,
					       uint16_t first, uint16_t last);

/* A range of the group that has a port in common with first-last, or NULL. */
const struct indexed_range *range_index_touching(const struct range_index *index, uint64_t group,
						 uint16_t first, uint16_t last);
