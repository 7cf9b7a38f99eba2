// SPDX-License-Identifier: MIT
#include "range_index.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct indexed_range *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->first != y->first)
		return x->first - y->first;
	return x->item < y->item ? -1 : x->item > y->item;
}

void range_index_sort(struct range_index *index)
{
	struct indexed_range *s = index->items;

	if (index->len)
		qsort(s, index->len, sizeof(*s), compare);
	for (uint32_t i = 0; i < index->len; i++) {
		s[i].widest = i;
		if (i && s[i - 1].group == s[i].group && s[s[i - 1].widest].last >= s[i].last)
			s[i].widest = s[i - 1].widest;
	}
}

/* Of the ranges of a group that start at or before a port, the one that ends last. */
static const struct indexed_range *furthest(const struct range_index *index, uint64_t group,
					    uint16_t port)
{
	size_t low = 0, high = index->len, middle;

	while (low < high) {
		const struct indexed_range *s;

		middle = low + (high - low) / 2;
		s = &index->items[middle];
		if (s->group < group || (s->group == group && s->first <= port))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || index->items[low - 1].group != group)
		return NULL;
	return &index->items[index->items[low - 1].widest];
}

const struct indexed_range *range_index_around(const struct range_index *index, uint64_t group,
					       uint16_t first, uint16_t last)
{
	const struct indexed_range *s = furthest(index, group, first);

	return s && s->last >= last ? s : NULL;
}

const struct indexed_range *range_index_touching(const struct range_index *index, uint64_t group,
						 uint16_t first, uint16_t last)
{
	const struct indexed_range *s = furthest(index, group, last);

	return s && s->last >= first ? s : NULL;
}
