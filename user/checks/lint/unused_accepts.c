// SPDX-License-Identifier: MIT
/* Accepts that accept nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/suggest.h"
#include "lint_context.h"

/*
 * Later layers drop rows and document ranges, and so change the findings of earlier
 * ones. An earlier file can't know that, so its accepts are not unused.
 */
struct later {
	struct range_index drops; /* a group for each layer */
	size_t last_ranges;	  /* the last layer that documents some, from 1; 0: none */
};

static int collect(const struct lint *lint, struct later *ret)
{
	const struct lint_rows *drops = &lint->drops, *ranges = &lint->ranges;

	ret->drops.items = calloc(drops->len + 1, sizeof(*ret->drops.items));
	if (!ret->drops.items)
		return -ENOMEM;
	for (size_t i = 0; i < drops->len; i++)
		ret->drops.items[ret->drops.len++] = (struct indexed_range) {
			.group = (uint64_t)(drops->items[i].layer - lint->reg->layers),
			.first = drops->items[i].row->first,
			.last = drops->items[i].row->last,
		};
	range_index_sort(&ret->drops);
	if (ranges->len)
		ret->last_ranges =
			(size_t)(ranges->items[ranges->len - 1].layer - lint->reg->layers) + 1;
	return 0;
}

static void later_done(struct later *later)
{
	free(later->drops.items);
}

static bool is_of_ranges(const struct reg_row *row)
{
	return strcmp(row->rule, lint_rule(LINT_OUTSIDE_DOCUMENTED_RANGE)->id) == 0 ||
	       strcmp(row->rule, lint_rule(LINT_LOCALHOST_IN_RANGE)->id) == 0;
}

/* Of any protocol: a finding may be about two of them. */
static bool dropped_later(const struct registry *reg, const struct later *later, size_t layer,
			  const struct reg_row *row)
{
	uint16_t last = row->first ? row->last : UINT16_MAX;

	for (size_t l = layer + 1; l < reg->len; l++)
		if (range_index_touching(&later->drops, l, row->first, last))
			return true;
	return false;
}

/* May it be unused only in this registry? */
static bool excused(const struct lint *lint, const struct later *later, const struct lint_row *at)
{
	size_t layer = (size_t)(at->layer - lint->reg->layers);

	/* Without documented ranges, these rules find nothing. */
	if (is_of_ranges(at->row) && (!later->last_ranges || later->last_ranges > layer + 1))
		return true;
	return dropped_later(lint->reg, later, layer, at->row);
}

static const char *rule_id(const void *list, size_t n)
{
	const struct rules *rules = list;

	return n < rules->len ? rules->items[n].id : NULL;
}

static void report_rule(struct lint *lint, const struct lint_row *at)
{
	const char *near = suggest_near(at->row->rule, rule_id, lint_rules());
	struct finding *finding = lint_add_accept_finding(lint, LINT_UNKNOWN_RULE, at,
							  "there is no rule %s", at->row->rule);

	if (near)
		finding_suggest(finding, "did you mean %s?", near);
}

/* Its own, or one below it. */
static bool has_layer(const struct registry *reg, const struct lint_row *at)
{
	for (const struct reg_layer *l = reg->layers; l <= at->layer; l++)
		if (strcmp(l->name, at->row->layer) == 0)
			return true;
	return false;
}

static void check(struct lint *lint, const struct later *later, const struct accept *accept)
{
	const struct lint_row *at = &accept->at;
	struct finding *finding;

	if (!rules_find(lint_rules(), at->row->rule)) {
		report_rule(lint, at);
	} else if (at->row->layer && !has_layer(lint->reg, at)) {
		lint_add_accept_finding(lint, LINT_UNKNOWN_LAYER, at,
					"no layer %s is below this one", at->row->layer);
	} else if (!accept->used && !excused(lint, later, at)) {
		finding = lint_add_accept_finding(lint, LINT_UNUSED_ACCEPT, at,
						  "there is no finding of rule %s to accept",
						  at->row->rule);
		finding_suggest(finding, "leave it out");
	}
}

int lint_unused_accepts(struct lint *lint)
{
	_cleanup_(later_done) struct later later = { 0 };
	int r = collect(lint, &later);

	for (size_t i = 0; r == 0 && i < lint->accept_index.len; i++)
		check(lint, &later, &lint->accept_index.items[i]);
	return r;
}
