// SPDX-License-Identifier: MIT
#include "compare.h"

#include "name.h"

unsigned int compare_variant(struct scenario *s, const char *name_of_ours, const char *what)
{
	const char *other = bench_other(s->bench);
	unsigned int variant;

	if (!other)
		return 0;
	variant = scenario_variant(s, name("other: %s", name_of_ours).text);
	scenario_hold(s, variant, other, what, 1);
	return variant;
}

void compare_note(const struct scenario *s, const char *row, const char *instance,
		  unsigned int ours, unsigned int theirs, unsigned int op,
		  enum scenario_metric metric)
{
	const char *of = metric == SCENARIO_BIND ? "ns of bind()" :
			 metric == SCENARIO_P99	 ? "ns of bind(), p99" :
						   "ns of CPU a loop";

	if (!theirs)
		return;
	bench_compare(s->bench, row, of, instance, scenario_value(s, theirs, op, metric),
		      scenario_value(s, ours, op, metric),
		      scenario_over(s, ours, theirs, op, metric));
}
