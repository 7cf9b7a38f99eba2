// SPDX-License-Identifier: MIT
/*
 * Rows of one kind and protocol, side by side. The ports are cut where any row starts
 * or ends; between two cuts the same rows of each side hold, and are matched.
 */
#include "compare_ports.h"

#include <errno.h>
#include <string.h>

struct side_row {
	const struct reg_row *row;
	const struct reg_layer *layer;
	bool taken; /* matched, between the present cuts */
};

struct side {
	struct side_row *rows; /* all, by their first port */
	size_t len, next;      /* next: of those that did not start yet */
	struct side_row *now;  /* those that hold between the present cuts */
	size_t now_len;
};

struct sweep {
	struct side a, b;
	uint32_t *cuts;
	size_t cuts_len;
	const struct compare_rule *rule;
	size_t *work;
	struct differences *differences;
	size_t *live, live_len; /* differences that reach up to the present cut, by their index */
	size_t *was, was_len;	/* those that reached up to the one before */
	uint32_t first, last;
};

static void sweep_done(struct sweep *s)
{
	free(s->a.rows);
	free(s->a.now);
	free(s->b.rows);
	free(s->b.now);
	free(s->cuts);
	free(s->live);
	free(s->was);
}

static int by_first(const void *x, const void *y)
{
	const struct side_row *a = x, *b = y;

	if (a->row->first != b->row->first)
		return a->row->first - b->row->first;
	if (a->layer != b->layer)
		return a->layer < b->layer ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static int collect_rows(const struct registry *registry, const struct compare_rule *rule,
			enum reg_kind kind, uint8_t proto, struct side *side)
{
	size_t n = 0;

	for (size_t l = 0; l < registry->len; l++)
		n += registry->layers[l].len;
	side->rows = calloc(n + 1, sizeof(*side->rows));
	side->now = calloc(n + 1, sizeof(*side->now));
	if (!side->rows || !side->now)
		return -ENOMEM;
	for (size_t l = 0; l < registry->len; l++) {
		const struct reg_layer *layer = &registry->layers[l];

		for (size_t i = 0; i < layer->len; i++)
			if (layer->rows[i].kind == kind && layer->rows[i].proto == proto &&
			    compare_rule_takes(rule, &layer->rows[i]))
				side->rows[side->len++] = (struct side_row) {
					.row = &layer->rows[i],
					.layer = layer,
				};
	}
	qsort(side->rows, side->len, sizeof(*side->rows), by_first);
	return 0;
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static void add_cuts(struct sweep *s, const struct side *side)
{
	for (size_t i = 0; i < side->len; i++) {
		s->cuts[s->cuts_len++] = side->rows[i].row->first;
		s->cuts[s->cuts_len++] = side->rows[i].row->last + 1U;
	}
}

static int make_cuts(struct sweep *s)
{
	size_t n = 0;

	s->cuts = calloc(2 * (s->a.len + s->b.len) + 1, sizeof(*s->cuts));
	if (!s->cuts)
		return -ENOMEM;
	add_cuts(s, &s->a);
	add_cuts(s, &s->b);
	qsort(s->cuts, s->cuts_len, sizeof(*s->cuts), by_number);
	for (size_t i = 0; i < s->cuts_len; i++)
		if (n == 0 || s->cuts[n - 1] != s->cuts[i])
			s->cuts[n++] = s->cuts[i];
	s->cuts_len = n;
	return 0;
}

/* Go on to a cut: rows that ended before it go, rows that start there come. */
static void advance_side(struct side *side, uint32_t cut)
{
	size_t n = 0;

	for (size_t i = 0; i < side->now_len; i++)
		if (side->now[i].row->last >= cut)
			side->now[n++] = side->now[i];
	while (side->next < side->len && side->rows[side->next].row->first <= cut)
		side->now[n++] = side->rows[side->next++];
	side->now_len = n;
	for (size_t i = 0; i < n; i++)
		side->now[i].taken = false;
}

/* The same between the cuts before: then these ports belong to it. */
static bool extend_difference(struct sweep *s, const struct difference *d)
{
	for (size_t i = 0; i < s->was_len; i++) {
		struct difference *old = &s->differences->items[s->was[i]];

		if (old->from != d->from || old->to != d->to)
			continue;
		old->last = d->last;
		s->live[s->live_len++] = s->was[i];
		return true;
	}
	return false;
}

static int add_difference(struct sweep *s, const struct side_row *a, const struct side_row *b,
			  unsigned int fields)
{
	struct difference d = {
		.type = !b ? DIFFERENCE_REMOVED :
			!a ? DIFFERENCE_ADDED :
			     DIFFERENCE_CHANGED,
		.first = (uint16_t)s->first,
		.last = (uint16_t)s->last,
		.from = a ? a->row : NULL,
		.to = b ? b->row : NULL,
		.from_layer = a ? a->layer : NULL,
		.to_layer = b ? b->layer : NULL,
		.fields = fields,
	};

	*s->work += s->was_len;
	if (extend_difference(s, &d))
		return 0;
	s->live[s->live_len++] = s->differences->len;
	return differences_add(s->differences, &d);
}

/* Rows are matched when this says so: first the same ones, then of one process, then any. */
enum closeness {
	CLOSE_SAME,
	CLOSE_PROCESS,
	CLOSE_PORT,
	CLOSE_MAX,
};

static bool is_close(enum closeness closeness, const struct reg_row *a, const struct reg_row *b,
		     unsigned int fields)
{
	if (closeness == CLOSE_SAME)
		return fields == 0;
	if (closeness == CLOSE_PROCESS)
		return a->process && b->process && compare_process(a->process, b->process) == 0;
	return true;
}

/* Match a row of a with one of b that is free and as close as that. */
static int match_row(struct sweep *s, struct side_row *a, enum closeness closeness)
{
	for (size_t j = 0; j < s->b.now_len; j++) {
		struct side_row *b = &s->b.now[j];
		unsigned int fields;
		int r;

		if (b->taken)
			continue;
		if (++*s->work > COMPARE_WORK_MAX)
			return -E2BIG;
		r = compare_rule_rows(s->rule, a->row, b->row, &fields);
		if (r < 0)
			return r;
		if (!is_close(closeness, a->row, b->row, fields))
			continue;
		a->taken = b->taken = true;
		return fields ? add_difference(s, a, b, fields) : 0;
	}
	return 0;
}

static int match_rows(struct sweep *s)
{
	int r = 0;

	for (int closeness = 0; closeness < CLOSE_MAX; closeness++)
		for (size_t i = 0; i < s->a.now_len && r == 0; i++)
			if (!s->a.now[i].taken)
				r = match_row(s, &s->a.now[i], (enum closeness)closeness);
	for (size_t i = 0; i < s->a.now_len && r == 0; i++)
		if (!s->a.now[i].taken)
			r = add_difference(s, &s->a.now[i], NULL, 0);
	for (size_t i = 0; i < s->b.now_len && r == 0; i++)
		if (!s->b.now[i].taken)
			r = add_difference(s, NULL, &s->b.now[i], 0);
	return r;
}

/* Differences that reach the cut before become those to extend; the list of live ones is empty. */
static void swap_live(struct sweep *s)
{
	size_t *was = s->was;

	s->was = s->live;
	s->was_len = s->live_len;
	s->live = was;
	s->live_len = 0;
}

static int sweep_cuts(struct sweep *s)
{
	size_t rows = s->a.len + s->b.len;
	int r = 0;

	s->live = calloc(rows + 1, sizeof(*s->live));
	s->was = calloc(rows + 1, sizeof(*s->was));
	if (!s->live || !s->was)
		return -ENOMEM;
	for (size_t i = 0; i + 1 < s->cuts_len && r == 0; i++) {
		s->first = s->cuts[i];
		s->last = s->cuts[i + 1] - 1;
		advance_side(&s->a, s->first);
		advance_side(&s->b, s->first);
		swap_live(s);
		*s->work += s->a.now_len + s->b.now_len;
		r = *s->work > COMPARE_WORK_MAX ? -E2BIG : match_rows(s);
	}
	return r;
}

int compare_ports(const struct compare_side *a, const struct compare_side *b,
		  const struct compare_rule *rule, enum reg_kind kind, uint8_t proto, size_t *work,
		  struct differences *differences)
{
	_cleanup_(sweep_done) struct sweep s = {
		.rule = rule,
		.work = work,
		.differences = differences,
	};
	int r = collect_rows(a->registry, rule, kind, proto, &s.a);

	if (r == 0)
		r = collect_rows(b->registry, rule, kind, proto, &s.b);
	if (r == 0)
		r = make_cuts(&s);
	return r < 0 ? r : sweep_cuts(&s);
}
