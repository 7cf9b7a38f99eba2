// SPDX-License-Identifier: MIT
#include "compare.h"

#include <limits.h>
#include <stdio.h>

#include "name.h"

#define PROGRAM "tests/bench/bench" /* below a build directory */

unsigned int compare_variant(struct scenario *s, const char *name_of_ours, const char *what)
{
	const char *other = bench_other(s->bench);
	char exe[PATH_MAX];
	unsigned int variant;

	if (!other)
		return 0;
	(void)snprintf(exe, sizeof(exe), "%s/" PROGRAM, other);
	variant = scenario_variant(s, name("other: %s", name_of_ours).text);
	scenario_hold(s, variant, exe, what, 1);
	return variant;
}

void compare_note(const struct scenario *s, const char *row, const char *instance,
		  unsigned int ours, unsigned int theirs, unsigned int op,
		  enum scenario_metric metric)
{
	const char *of = metric == SCENARIO_BIND ? "bind()" :
			 metric == SCENARIO_P99	 ? "p99 of bind()" :
						   "CPU a loop";

	if (!theirs)
		return;
	bench_note(s->bench, row, name("%s, other revision", of).text, instance,
		   scenario_value(s, theirs, op, metric), "ns");
	bench_note(s->bench, row, name("%s, this one", of).text, instance,
		   scenario_value(s, ours, op, metric), "ns");
	bench_note(s->bench, row, name("%s, this one over the other", of).text, instance,
		   scenario_over(s, ours, theirs, op, metric), "ns");
}
