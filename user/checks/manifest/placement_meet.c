// SPDX-License-Identifier: MIT
#include "placement_meet.h"

#include <string.h>

/* Spend a step; false when none is left. */
static bool spend(size_t *steps)
{
	if (!*steps)
		return false;
	(*steps)--;
	return true;
}

static bool has_word(const struct word *words, const char *text, size_t *steps)
{
	for (; words && spend(steps); words = words->next)
		if (strcmp(words->text, text) == 0)
			return true;
	return false;
}

/* Do all, or any, of the words of one list stand in the other? */
static bool words_in(const struct word *words, const struct word *list, bool all, size_t *steps)
{
	for (; words && spend(steps); words = words->next)
		if (has_word(list, words->text, steps) != all)
			return !all;
	return all;
}

/* Is there no value that meets both? */
static bool contradict(const struct requirement *a, const struct requirement *b, size_t *steps)
{
	if (strcmp(a->key, b->key) != 0)
		return false;
	if (a->op > b->op)
		return contradict(b, a, steps);
	if (b->op == REQUIRE_NOT_EXISTS)
		return a->op == REQUIRE_IN || a->op == REQUIRE_EXISTS;
	if (a->op != REQUIRE_IN)
		return false;
	if (b->op == REQUIRE_IN)
		return !words_in(a->values, b->values, false, steps);
	return b->op == REQUIRE_NOT_IN && words_in(a->values, b->values, true, steps);
}

static bool terms_contradict(const struct term *a, const struct term *b, size_t *steps)
{
	for (const struct requirement *x = a->requirements; x; x = x->next)
		for (const struct requirement *y = b->requirements; y && spend(steps); y = y->next)
			if (contradict(x, y, steps))
				return true;
	return false;
}

static bool never_same_node(const struct placement *a, const struct placement *b, size_t *steps)
{
	if (a->node && b->node && strcmp(a->node, b->node) != 0)
		return true;
	if (!a->terms || !b->terms)
		return false;
	for (const struct term *x = a->terms; x; x = x->next)
		for (const struct term *y = b->terms; y; y = y->next)
			if (!spend(steps) || !terms_contradict(x, y, steps))
				return false;
	return true;
}

static const struct label *find_label(const struct label *labels, const char *key, size_t *steps)
{
	for (; labels && spend(steps); labels = labels->next)
		if (strcmp(labels->key, key) == 0)
			return labels;
	return NULL;
}

/* Do the labels meet the requirement? */
static bool meets(const struct label *labels, const struct requirement *q, size_t *steps)
{
	const struct label *l = find_label(labels, q->key, steps);

	switch (q->op) {
	case REQUIRE_IN:
		return l && has_word(q->values, l->value, steps);
	case REQUIRE_NOT_IN:
		return !l || !has_word(q->values, l->value, steps);
	case REQUIRE_EXISTS:
		return l;
	case REQUIRE_NOT_EXISTS:
		return !l;
	case REQUIRE_OTHER:
		break;
	}
	return false;
}

static bool meet_all(const struct label *labels, const struct requirement *q, size_t *steps)
{
	for (; q && spend(steps); q = q->next)
		if (!meets(labels, q, steps))
			return false;
	return true;
}

/* Does the pod's anti-affinity keep the other one away? */
static bool keeps_away(const struct pod *pod, const struct pod *other, size_t *steps)
{
	bool there;

	for (const struct apart *a = pod->placement.apart; a && spend(steps); a = a->next) {
		there = a->namespaces ? has_word(a->namespaces, other->namespace_, steps) :
					strcmp(pod->namespace_, other->namespace_) == 0;
		if (there && meet_all(other->labels, a->labels, steps))
			return true;
	}
	return false;
}

bool placement_meet(const struct pod *a, const struct pod *b, size_t *steps)
{
	unsigned int x = a->placement.roles, y = b->placement.roles;

	if (!((x | y) & NODES_ANY) && !(x & y))
		return false;
	return !never_same_node(&a->placement, &b->placement, steps) && !keeps_away(a, b, steps) &&
	       !keeps_away(b, a, steps);
}
