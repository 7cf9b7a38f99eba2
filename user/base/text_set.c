// SPDX-License-Identifier: MIT
#include "text_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

#define SLOTS_MIN 64

/* The slot of a text that is there; else the free one that it would get. */
static uint32_t *slot_of(const struct text_set *set, const char *text)
{
	size_t i = (size_t)hash_text(HASH_START, text) & (set->cap - 1);

	while (set->slots[i] && strcmp(set->items[set->slots[i] - 1], text) != 0)
		i = (i + 1) & (set->cap - 1);
	return &set->slots[i];
}

static int grow(struct text_set *set)
{
	size_t cap = set->cap ? set->cap * 2 : SLOTS_MIN;
	_cleanup_free_ uint32_t *slots = calloc(cap, sizeof(*slots));
	char **items = slots ? reallocarray(set->items, cap / 2, sizeof(*items)) : NULL;

	if (!items)
		return -ENOMEM;
	free(set->slots);
	set->items = items;
	set->slots = TAKE_PTR(slots);
	set->cap = cap;
	for (size_t i = 0; i < set->len; i++)
		*slot_of(set, items[i]) = (uint32_t)i + 1;
	return 0;
}

int text_set_add(struct text_set *set, size_t max, const char *text, size_t *ret_number)
{
	size_t number = text_set_find(set, text);
	char *copy;

	if (number != TEXT_SET_NONE) {
		*ret_number = number;
		return 0;
	}
	if (set->len >= max || set->len >= UINT32_MAX)
		return -E2BIG;
	if (set->len >= set->cap / 2 && grow(set) < 0)
		return -ENOMEM;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	number = set->len++;
	set->items[number] = copy;
	*slot_of(set, text) = (uint32_t)number + 1;
	*ret_number = number;
	return 1;
}

size_t text_set_find(const struct text_set *set, const char *text)
{
	uint32_t slot = set->cap ? *slot_of(set, text) : 0;

	return slot ? slot - 1 : TEXT_SET_NONE;
}

void text_set_free(struct text_set *set)
{
	for (size_t i = 0; i < set->len; i++)
		free(set->items[i]);
	free(set->items);
	free(set->slots);
	*set = (struct text_set) { 0 };
}
