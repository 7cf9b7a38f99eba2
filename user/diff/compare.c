// SPDX-License-Identifier: MIT
#include "compare.h"

#include "../../bpf/abi.h"
#include "compare_moves.h"
#include "compare_ports.h"

static int by_place(const void *x, const void *y)
{
	const struct difference *a = x, *b = y;
	const struct reg_row *p = difference_row(a), *q = difference_row(b);

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
