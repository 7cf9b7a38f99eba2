// SPDX-License-Identifier: MIT
/* Lint while memory runs out. */
#include "memory_fault.h"

#include "lint_rows.h"

/* Something for each group of rules. */
static const char lists[] = GENERAL
	"entries:\n"
	"- {protocol: tcp, ports: 9545, process: p, notes: '?'}\n"
	"- {protocol: tcp, ports: 9454, process: p, platforms: [aws, gcp]}\n"
	"- {protocol: udp, ports: 9454, process: p, platforms: [gcp]}\n"
	"- {protocol: tcp, ports: 1-9600, process: q, scope: localhost, owners: [{pod: A}]}\n"
	"- {protocol: tcp, ports: 9454, process: r, notes: localhost only}\n"
	"- {protocol: tcp, ports: 40000, process: r}\n" RETIRED(
		"7") "\n"
		     "exceptions:\n"
		     "- {ports: 1, protocol: tcp, class: scope, until: 2020-01-01, reason: r}\n"
		     "- {ports: 2, protocol: tcp, class: retired, until: 2099-01-01, reason: r}\n"
		     "accept: [{rule: overlap, reason: r}, {rule: overlaps, reason: r}, {rule: "
		     "unsorted, "
		     "layer: z, reason: r}]\n";

static int lint_all(const void *ctx, struct buf *out)
{
	_cleanup_findings_ struct findings findings = { 0 };
	int r = lint_registry(ctx, &lint_today, &findings);

	for (size_t i = 0; r == 0 && i < findings.len; i++)
		buf_printf(out, "%u %s %u\n", findings.items[i].line, findings.items[i].rule->id,
			   findings.items[i].port);
	return r;
}

static void test_lint(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(lists);

	(void)state;
	memory_try("lint", lint_all, registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
