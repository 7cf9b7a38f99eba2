// SPDX-License-Identifier: MIT
#include "compare.h"

#include <errno.h>
#include <string.h>

#include "../../bpf/abi.h"
#include "difference.h"

void differences_free(struct differences *differences)
{
	free(differences->items);
	*differences = (struct differences) { 0 };
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

/*
 * A matrix says which pods of one cluster have which ports open. Its process is a name
 * of a pod, so only two matrices' are compared; and what others allow beyond it, it
 * does not deny.
 */
struct compare_rule compare_rule_of(enum compare_form a, enum compare_form b)
{
	struct compare_rule rule = {
		.kinds =
			1U << REG_ENTRY | 1U << REG_RETIRED | 1U << REG_RANGE | 1U << REG_EXCEPTION,
		.fields = FIELDS_ALL,
	};

	if (a == COMPARE_PAGE || b == COMPARE_PAGE) {
		rule.page = true;
		rule.kinds = 1U << REG_ENTRY | 1U << REG_RETIRED;
		rule.fields &= ~(1U << FIELD_OWNERS | 1U << FIELD_SOURCE);
	}
	if (a != COMPARE_MATRIX && b != COMPARE_MATRIX)
		return rule;
	rule.kinds = 1U << REG_ENTRY;
	rule.external = true;
	rule.fields = 1U << FIELD_ROLE;
	if (a == b) {
		rule.fields |= 1U << FIELD_PROCESS | 1U << FIELD_NOTES | 1U << FIELD_OWNERS;
	} else {
		rule.digits_only = true;
		rule.covers = a != COMPARE_PAGE && b != COMPARE_PAGE;
		rule.a_is_matrix = a == COMPARE_MATRIX;
	}
	return rule;
}

int compare_rows(const struct compare_rule *rule, const struct reg_row *a, const struct reg_row *b,
		 unsigned int *ret_fields)
{
	unsigned int fields = rule->fields;
	int r;

	if (a->kind == REG_RETIRED && rule->page)
		fields &= ~(1U << FIELD_APPLICATION);
	r = compare_fields(a, b, fields, &fields);
	if (r < 0)
		return r;
	if (rule->covers &&
	    !compare_owners_cover(rule->a_is_matrix ? b : a, rule->a_is_matrix ? a : b))
		fields |= 1U << FIELD_OWNERS;
	*ret_fields = fields;
	return 0;
}

static int by_place(const void *x, const void *y)
{
	const struct difference *a = x, *b = y;
	const struct reg_row *p = a->from ? a->from : a->to, *q = b->from ? b->from : b->to;

	if (p->proto != q->proto)
		return p->proto - q->proto;
	if (a->first != b->first)
		return a->first - b->first;
	if (p->kind != q->kind)
		return (int)p->kind - (int)q->kind;
	if (a->type != b->type)
		return (int)a->type - (int)b->type;
	/* rows of one side, in its order: by their layers, then within one */
	if (a->from_layer != b->from_layer)
		return a->from_layer < b->from_layer ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to_layer != b->to_layer)
		return a->to_layer < b->to_layer ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

int compare(const struct compare_side *a, const struct compare_side *b,
	    struct differences *ret_differences)
{
	_cleanup_differences_ struct differences found = { 0 };
	struct compare_rule rule = compare_rule_of(a->form, b->form);
	size_t work = 0;
	int r = 0;

	for (int kind = 0; kind < REG_KIND_MAX && r == 0; kind++)
		for (int proto = HP_PROTO_TCP; proto <= HP_PROTO_SCTP && r == 0; proto++)
			if (rule.kinds & 1U << kind)
				r = compare_ports(a, b, &rule, (enum reg_kind)kind, (uint8_t)proto,
						  &work, &found);
	if (r == 0)
		r = compare_moves(&rule, &found);
	if (r < 0)
		return r;
	if (found.len)
		qsort(found.items, found.len, sizeof(*found.items), by_place);
	*ret_differences = found;
	found = (struct differences) { 0 };
	return 0;
}

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
