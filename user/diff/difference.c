// SPDX-License-Identifier: MIT
#include "difference.h"

#include <errno.h>

const char *difference_type_word(enum difference_type type)
{
	static const char *const words[] = {
		[DIFFERENCE_REMOVED] = "removed",
		[DIFFERENCE_ADDED] = "added",
		[DIFFERENCE_CHANGED] = "changed",
		[DIFFERENCE_MOVED] = "moved",
	};

	_Static_assert(ARRAY_LEN(words) == DIFFERENCE_TYPE_MAX, "a word for each type");
	return words[type];
}

const struct reg_row *difference_row(const struct difference *difference)
{
	return difference->from ? difference->from : difference->to;
}

int differences_add(struct differences *differences, const struct difference *difference)
{
	size_t cap = differences->cap ? differences->cap * 2 : 64;
	struct difference *items;

	if (differences->len == differences->cap) {
		items = reallocarray(differences->items, cap, sizeof(*items));
		if (!items)
			return -ENOMEM;
		differences->items = items;
		differences->cap = cap;
	}
	differences->items[differences->len++] = *difference;
	return 0;
}

size_t differences_count(const struct differences *differences, enum difference_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < differences->len; i++)
		n += differences->items[i].type == type;
	return n;
}

void differences_free(struct differences *differences)
{
	free(differences->items);
	*differences = (struct differences) { 0 };
}
