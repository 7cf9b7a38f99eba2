// SPDX-License-Identifier: MIT
#include "yaml_anchors.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Where a name is, or would be. */
static size_t anchor_place(const struct yaml_anchors *anchors, const char *name, bool *ret_there)
{
	size_t low = 0, high = anchors->len, middle;
	int order;

	*ret_there = false;
	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(anchors->items[middle].name, name);
		if (order == 0) {
			*ret_there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int yaml_anchors_set(struct yaml_anchors *anchors, const char *name, uint32_t node)
{
	bool there;
	size_t at = anchor_place(anchors, name, &there);
	_cleanup_free_ char *copy = NULL;
	struct yaml_anchor *items;

	if (there) {
		anchors->items[at].node = node;
		return 0;
	}
	if (anchors->len == YAML_ANCHORS_MAX)
		return -E2BIG;
	copy = strdup(name);
	items = reallocarray(anchors->items, anchors->len + 1, sizeof(*items));
	if (items)
		anchors->items = items;
	if (!copy || !items)
		return -ENOMEM;
	memmove(&items[at + 1], &items[at], (anchors->len - at) * sizeof(*items));
	items[at] = (struct yaml_anchor) { .name = TAKE_PTR(copy), .node = node };
	anchors->len++;
	return 0;
}

int yaml_anchors_find(const struct yaml_anchors *anchors, const char *name, uint32_t *ret_node)
{
	bool there;
	size_t at = anchor_place(anchors, name, &there);

	if (!there)
		return -ENOENT;
	*ret_node = anchors->items[at].node;
	return 0;
}

void yaml_anchors_free(struct yaml_anchors *anchors)
{
	for (size_t i = 0; i < anchors->len; i++)
		free(anchors->items[i].name);
	free(anchors->items);
	*anchors = (struct yaml_anchors) { 0 };
}
