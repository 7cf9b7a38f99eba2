/* SPDX-License-Identifier: MIT */
/* Lint of registries, and its findings one a line, for the tests of the rules. */
#pragma once

#include "registry_cases.h"

#include "../../user/checks/lint/lint.h"
#include "../../user/registry/words.h"

static const struct lint_facts lint_today = {
	.today = { 2026, 12, 1 },
	.ephemeral_first = EPHEMERAL_FIRST,
	.ephemeral_last = EPHEMERAL_LAST,
};

static inline void put_finding_line(const struct finding *f, struct buf *out)
{
	buf_printf(out, "%s:%u %s", f->file, f->line, f->rule->id);
	if (f->port)
		buf_printf(out, " %s %u", word_proto(f->proto), f->port);
	if (f->accepted)
		buf_printf(out, " (%s)", f->accepted);
	buf_putc(out, '\n');
}

/* Lines "FILE:LINE RULE[ PROTOCOL PORT][ (REASON)]" of what lint finds. */
static inline void put_lint(const struct registry *reg, const struct lint_facts *facts,
			    struct buf *out)
{
	_cleanup_findings_ struct findings findings = { 0 };

	assert_int_equal(lint_registry(reg, facts, &findings), 0);
	for (size_t i = 0; i < findings.len; i++) {
		assert_true(*findings.items[i].message);
		put_finding_line(&findings.items[i], out);
	}
}
