// SPDX-License-Identifier: MIT
/*
 * What one side lacks and the other has more may be the same service at another port,
 * where it is of the same process. Ports with exchanged digits are paired first, for
 * that is how typing errors look; else only what can be paired in one way.
 */
#include "compare_moves.h"

#include <errno.h>
#include <string.h>

/* Processes with more than that are not looked at pair by pair. */
#define GROUP_MAX 1024

static unsigned int width(const struct difference *d)
{
	return (unsigned int)d->last - d->first;
}

/* Could they be one service? Their order, so that what could stands together. */
static int by_service(const void *x, const void *y)
{
	const struct difference *const *a = x, *const *b = y;
	const struct reg_row *p = difference_row(*a), *q = difference_row(*b);

	if (p->proto != q->proto)
		return p->proto - q->proto;
	if (p->kind != q->kind)
		return (int)p->kind - (int)q->kind;
	if (width(*a) != width(*b))
		return width(*a) < width(*b) ? -1 : 1;
	return compare_process(p->process, q->process);
}

static bool may_move(const struct difference *d)
{
	return (d->type == DIFFERENCE_REMOVED || d->type == DIFFERENCE_ADDED) &&
	       difference_row(d)->process;
}

/* Make the removed one a move, and the added one nothing: its rows go. */
static void make_move(struct difference *removed, struct difference *added, unsigned int fields)
{
	removed->type = DIFFERENCE_MOVED;
	removed->to = added->to;
	removed->to_layer = added->to_layer;
	removed->to_first = added->first;
	removed->to_last = added->last;
	removed->fields = fields;
	removed->exchanged = removed->first == removed->last &&
			     compare_digits_exchanged(removed->first, added->first);
	added->to = NULL;
}

static bool is_left(const struct difference *d, enum difference_type type)
{
	return d->type == type && difference_row(d);
}

static bool may_be_exchanged(const struct difference *removed, const struct difference *added)
{
	return is_left(removed, DIFFERENCE_REMOVED) && is_left(added, DIFFERENCE_ADDED) &&
	       width(removed) == 0 && compare_digits_exchanged(removed->first, added->first);
}

/* Rows that are the same but for the port, or any. */
static int pair_exchanged(const struct compare_rule *rule, struct difference **group, size_t n,
			  bool same)
{
	unsigned int fields;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		for (size_t j = 0; j < n && r == 0; j++) {
			if (!may_be_exchanged(group[i], group[j]))
				continue;
			r = compare_rule_rows(rule, group[i]->from, group[j]->to, &fields);
			if (r == 0 && (fields == 0 || !same))
				make_move(group[i], group[j], fields);
		}
	}
	return r;
}

/* One of each is left: then they are a pair. */
static int pair_last(const struct compare_rule *rule, struct difference **group, size_t n)
{
	struct difference *removed = NULL, *added = NULL;
	unsigned int fields;
	int r;

	for (size_t i = 0; i < n; i++) {
		if (is_left(group[i], DIFFERENCE_REMOVED)) {
			if (removed)
				return 0;
			removed = group[i];
		} else if (is_left(group[i], DIFFERENCE_ADDED)) {
			if (added)
				return 0;
			added = group[i];
		}
	}
	if (!removed || !added)
		return 0;
	r = compare_rule_rows(rule, removed->from, added->to, &fields);
	if (r == 0)
		make_move(removed, added, fields);
	return r;
}

static int pair_groups(const struct compare_rule *rule, struct difference **list, size_t len)
{
	size_t n;
	int r = 0;

	for (size_t i = 0; i < len && r == 0; i += n) {
		for (n = 1; i + n < len && by_service(&list[i], &list[i + n]) == 0;)
			n++;
		if (n <= GROUP_MAX)
			r = pair_exchanged(rule, list + i, n, true);
		if (r == 0 && n <= GROUP_MAX)
			r = pair_exchanged(rule, list + i, n, false);
		if (r == 0 && !rule->digits_only)
			r = pair_last(rule, list + i, n);
	}
	return r;
}

int compare_moves(const struct compare_rule *rule, struct differences *differences)
{
	_cleanup_free_ struct difference **list =
		calloc(differences->len + 1, sizeof(struct difference *));
	size_t n = 0, kept = 0;
	int r;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < differences->len; i++)
		if (may_move(&differences->items[i]))
			list[n++] = &differences->items[i];
	qsort(list, n, sizeof(struct difference *), by_service);
	r = pair_groups(rule, list, n);
	if (r < 0)
		return r;
	for (size_t i = 0; i < differences->len; i++)
		if (difference_row(&differences->items[i]))
			differences->items[kept++] = differences->items[i];
	differences->len = kept;
	return 0;
}
