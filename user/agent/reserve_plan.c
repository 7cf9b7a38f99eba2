// SPDX-License-Identifier: MIT
#include "reserve_plan.h"


void reserve_plan(const struct reserve_facts *facts, struct reserve_plan *ret_plan)
{
	struct reserve_plan plan = { .ours = *facts->ours };
	struct portset foreign = *facts->reserved, want = { 0 }, range = { 0 };

	policy_registered(facts->policy, facts->first, facts->last, &plan.registered);
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
