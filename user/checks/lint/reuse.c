// SPDX-License-Identifier: MIT
/* Ports that are registered, and previously allocated as well. */
#include <errno.h>
#include <stdlib.h>

#include "lint_context.h"

static int collect(const struct lint *lint, struct range_index *ret)
{
	ret->items = calloc(lint->retired.len + 1, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	ret->len = lint->retired.len;
	for (uint32_t i = 0; i < lint->retired.len; i++) {
		const struct reg_row *row = lint->retired.items[i].row;

		ret->items[i] = (struct indexed_range) {
			.group = row->proto,
			.first = row->first,
			.last = row->last,
			.item = i,
		};
	}
	range_index_sort(ret);
	return 0;
}

/* The finding is at the entry, unless a later layer retires the port. */
static void report(struct lint *lint, const struct lint_row *entry, const struct lint_row *retired)
{
	bool later = retired->layer > entry->layer;
	const struct lint_row *at = later ? retired : entry;
	const struct lint_subject other = lint_row_subject(later ? entry : retired);
	struct finding *finding;

	finding = lint_add_finding(lint, LINT_REUSED_AFTER_RETIREMENT, at, &other,
				   "%s at %s:%u was removed in %s, and is active as %s at %s:%u",
				   lint_row_name(retired->row).text, retired->layer->path,
				   retired->row->line, retired->row->removed_text,
				   lint_row_name(entry->row).text, entry->layer->path,
				   entry->row->line);
	finding_suggest(finding,
			later ? "drop the entry of layer %s, or leave this row out" :
				"take another port; or drop the retired row of layer %s once "
				"no cluster uses it",
			(later ? entry : retired)->layer->name);
}

int lint_reuse(struct lint *lint)
{
	_cleanup_free_ struct indexed_range *items = NULL;
	struct range_index index = { 0 };
	int r = collect(lint, &index);

	items = index.items;
	for (size_t i = 0; r == 0 && i < lint->entries.len; i++) {
		const struct reg_row *row = lint->entries.items[i].row;
		const struct indexed_range *range =
			range_index_touching(&index, row->proto, row->first, row->last);

		if (range)
			report(lint, &lint->entries.items[i], &lint->retired.items[range->item]);
	}
	return r;
}
