// SPDX-License-Identifier: MIT
#include "reserve_plan.h"

static void find_registered(const struct reserve_facts *facts, struct portset *set)
{
	const struct policy *policy = facts->policy;

	for (size_t i = 0; i < policy->len; i++) {
		const struct hp_row *row = &policy->rows[i].row;
		uint16_t port = policy->rows[i].key.port;

		/* an exception alone registers nothing */
		if (row->row[HP_SCOPE_EXTERNAL] == HP_NO_ROW &&
		    row->row[HP_SCOPE_LOCALHOST] == HP_NO_ROW)
			continue;
		if (port >= facts->first && port <= facts->last)
			portset_add(set, port);
	}
}

void reserve_plan(const struct reserve_facts *facts, struct reserve_plan *ret_plan)
{
	struct reserve_plan plan = { .ours = *facts->ours };
	struct portset foreign = *facts->reserved, want = { 0 }, range = { 0 };

	find_registered(facts, &plan.registered);
	portset_intersect(&plan.ours, facts->reserved);
	portset_subtract(&foreign, &plan.ours);
	if (facts->asked) {
		want = plan.registered;
		portset_subtract(&want, &foreign);
		portset_add_range(&range, facts->first, facts->last);
		portset_subtract(&range, &foreign);
		plan.too_many = portset_count(&want) > portset_count(&range) / 2;
	}
	if (plan.too_many)
		want = (struct portset) { 0 };
	plan.add = want;
	portset_subtract(&plan.add, facts->reserved);
	plan.out = plan.ours;
	portset_subtract(&plan.out, &want);
	*ret_plan = plan;
}
