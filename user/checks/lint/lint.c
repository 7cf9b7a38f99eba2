// SPDX-License-Identifier: MIT
#include "lint.h"

#include <errno.h>

#include "lint_context.h"

typedef int (*group_fn)(struct lint *lint);

/* Grave rules come first: of too many findings, the last ones are left out. */
static const group_fn groups[] = {
	lint_exceptions, lint_ranges,	    lint_columns,
	lint_overlaps,	 lint_reuse,	    lint_transposed_digits,
	lint_owners,	 lint_source_ports, lint_order,
	lint_protocols,	 lint_missing,	    lint_unused_accepts,
};

int lint_registry(const struct registry *reg, const struct lint_facts *facts,
		  struct findings *findings)
{
	_cleanup_(lint_close) struct lint lint = {
		.reg = reg,
		.facts = facts,
		.findings = findings,
	};
	int r = lint_open(&lint);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(groups); i++)
		r = groups[i](&lint);
	if (r == 0 && findings->failed)
		r = -ENOMEM;
	findings_sort(findings);
	return r;
}
