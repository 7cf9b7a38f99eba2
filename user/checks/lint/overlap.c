// SPDX-License-Identifier: MIT
/*
 * Entries that overlap. There may be as many pairs as rows squared, so not all are
 * compared: in the order of first ports, a row overlaps an earlier one if the one that
 * ends last reaches it. That one is kept for each role and each platform, so that both
 * rows hold on the same nodes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../../bpf/abi.h"
#include "../../registry/words.h"
#include "lint_context.h"

#define NONE UINT32_MAX

/* By role, the entry so far that ends last. */
struct furthest {
	uint32_t of[REG_ROLE_MAX];
};

struct sweep {
	const struct lint *lint;
	const char **platforms; /* every name once, sorted */
	size_t platforms_len;
	struct furthest everywhere, any; /* entries for all platforms; all entries */
	struct furthest *on;		 /* entries that name a platform, by its number */
};

/* Two entries, by their numbers. */
struct pair {
	uint32_t later, earlier;
};

/* Each entry has at most one partner before it. */
struct pairs {
	struct pair *items;
	size_t len;
};

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void forget(struct sweep *sweep)
{
	const struct furthest none = { .of = { NONE, NONE, NONE } };

	_Static_assert(REG_ROLE_MAX == 3, "a NONE for each role");
	sweep->everywhere = sweep->any = none;
	for (size_t i = 0; i < sweep->platforms_len; i++)
		sweep->on[i] = none;
}

static void sweep_done(struct sweep *sweep)
{
	free(sweep->platforms);
	free(sweep->on);
}

static int collect_platforms(const struct lint *lint, struct sweep *ret)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < lint->entries.len; i++)
		n += lint->entries.items[i].row->platforms_len;
	ret->platforms = calloc(n + 1, sizeof(*ret->platforms));
	ret->on = calloc(n + 1, sizeof(*ret->on));
	if (!ret->platforms || !ret->on)
		return -ENOMEM;
	for (size_t i = 0; i < lint->entries.len; i++)
		for (size_t j = 0; j < lint->entries.items[i].row->platforms_len; j++)
			ret->platforms[ret->platforms_len++] =
				lint->entries.items[i].row->platforms[j];
	qsort(ret->platforms, n, sizeof(*ret->platforms), compare_texts);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(ret->platforms[kept - 1], ret->platforms[i]) != 0)
			ret->platforms[kept++] = ret->platforms[i];
	ret->platforms_len = kept;
	return 0;
}

static struct furthest *on_platform(struct sweep *sweep, const char *name)
{
	const char **at = bsearch(&name, sweep->platforms, sweep->platforms_len,
				  sizeof(*sweep->platforms), compare_texts);

	return &sweep->on[at - sweep->platforms];
}

static const struct reg_row *row_of(const struct sweep *sweep, uint32_t i)
{
	return sweep->lint->entries.items[i].row;
}

/* The better of two partners for a row: the one that ends last. */
static uint32_t better(const struct sweep *sweep, uint32_t a, uint32_t b)
{
	if (a == NONE || b == NONE)
		return a == NONE ? b : a;
	return row_of(sweep, b)->last > row_of(sweep, a)->last ? b : a;
}

static uint32_t partner_in(const struct sweep *sweep, const struct furthest *furthest,
			   enum reg_role role)
{
	uint32_t best = furthest->of[REG_ROLE_ANY];

	for (int r = REG_ROLE_ANY + 1; r < REG_ROLE_MAX; r++)
		if (role == REG_ROLE_ANY || role == (enum reg_role)r)
			best = better(sweep, best, furthest->of[r]);
	return best;
}

static uint32_t partner_of(struct sweep *sweep, const struct reg_row *row)
{
	uint32_t best;

	if (row->platforms_len == 0)
		return partner_in(sweep, &sweep->any, row->role);
	best = partner_in(sweep, &sweep->everywhere, row->role);
	for (size_t i = 0; i < row->platforms_len; i++)
		best = better(sweep, best,
			      partner_in(sweep, on_platform(sweep, row->platforms[i]), row->role));
	return best;
}

static void update_furthest(const struct sweep *sweep, struct furthest *furthest, uint32_t i)
{
	uint32_t *of = &furthest->of[row_of(sweep, i)->role];

	*of = better(sweep, *of, i);
}

static void remember(struct sweep *sweep, uint32_t i)
{
	const struct reg_row *row = row_of(sweep, i);

	update_furthest(sweep, &sweep->any, i);
	if (row->platforms_len == 0)
		update_furthest(sweep, &sweep->everywhere, i);
	for (size_t j = 0; j < row->platforms_len; j++)
		update_furthest(sweep, on_platform(sweep, row->platforms[j]), i);
}

struct order {
	const struct reg_row *row;
	uint32_t i;
};

static int by_protocol_and_port(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->row->proto != y->row->proto)
		return x->row->proto - y->row->proto;
	if (x->row->first != y->row->first)
		return x->row->first - y->row->first;
	return x->i < y->i ? -1 : x->i > y->i;
}

static int find(struct sweep *sweep, struct pairs *ret)
{
	const struct lint *lint = sweep->lint;
	_cleanup_free_ struct order *order = calloc(lint->entries.len + 1, sizeof(*order));

	ret->items = calloc(lint->entries.len + 1, sizeof(*ret->items));
	if (!order || !ret->items)
		return -ENOMEM;
	for (uint32_t i = 0; i < lint->entries.len; i++)
		order[i] = (struct order) { lint->entries.items[i].row, i };
	qsort(order, lint->entries.len, sizeof(*order), by_protocol_and_port);
	for (size_t n = 0; n < lint->entries.len; n++) {
		const struct reg_row *row = order[n].row;
		uint32_t a = order[n].i, b;

		if (n == 0 || order[n - 1].row->proto != row->proto)
			forget(sweep);
		b = partner_of(sweep, row);
		if (b != NONE && row_of(sweep, b)->last >= row->first)
			ret->items[ret->len++] = (struct pair) { a > b ? a : b, a > b ? b : a };
		remember(sweep, a);
	}
	return 0;
}

static int by_later(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->later != y->later)
		return x->later < y->later ? -1 : 1;
	return x->earlier < y->earlier ? -1 : x->earlier > y->earlier;
}

/* A row's overlaps with one layer are one finding: of `n` pairs, the first one names it. */
static void report(struct lint *lint, const struct pair *pairs, size_t n)
{
	const struct lint_row *at = &lint->entries.items[pairs[0].later];
	const struct lint_row *first = &lint->entries.items[pairs[0].earlier];
	bool limits = at->row->scope != first->row->scope;
	struct lint_subject other = lint_row_subject(first);
	_cleanup_buf_ struct buf more = { 0 };
	struct finding *finding;

	for (size_t i = 1; i < n; i++) {
		const struct reg_row *row = lint->entries.items[pairs[i].earlier].row;

		other.first = row->first < other.first ? row->first : other.first;
		other.last = row->last > other.last ? row->last : other.last;
	}
	if (n > 1)
		buf_printf(&more, " and %zu more", n - 1);
	lint->findings->failed |= more.failed;
	finding =
		lint_add_finding(lint, LINT_OVERLAP, at, &other, "%s overlaps %s at %s:%u%s%s",
				 lint_row_name(at->row).text, lint_row_name(first->row).text,
				 first->layer->path, first->row->line, n > 1 ? more.data : "",
				 limits ? ": the one for localhost does not limit the other" : "");
	if (at->layer == first->layer)
		finding_suggest(finding, "the most permissive one decides: leave one out, or give "
					 "each its role or platforms");
	else
		finding_suggest(
			finding,
			"the most permissive one decides: if the earlier one does not hold "
			"here, drop: [{ports: %s, protocol: %s, layer: %s, reason: \"...\"}]",
			lint_row_ports(first->row).text, word_proto(first->row->proto),
			first->layer->name);
}

int lint_overlaps(struct lint *lint)
{
	_cleanup_(sweep_done) struct sweep sweep = { .lint = lint };
	_cleanup_free_ struct pair *items = NULL;
	struct pairs pairs = { 0 };
	int r = collect_platforms(lint, &sweep);
	size_t n;

	if (r == 0)
		r = find(&sweep, &pairs);
	items = pairs.items;
	if (pairs.len)
		qsort(items, pairs.len, sizeof(*items), by_later);
	for (size_t i = 0; r == 0 && i < pairs.len; i += n) {
		const struct reg_layer *layer = lint->entries.items[items[i].earlier].layer;

		for (n = 1; i + n < pairs.len && items[i + n].later == items[i].later &&
			    lint->entries.items[items[i + n].earlier].layer == layer;
		     n++)
			;
		report(lint, &items[i], n);
	}
	return r;
}
