/* SPDX-License-Identifier: MIT */
/* Lint of registries, and its findings one a line, for the tests of the rules. */
#pragma once

#include "registry_cases.h"

#include "../../user/checks/lint/lint.h"
#include "../../user/registry/words.h"

#define LINT_LAYERS_MAX 3

static const struct lint_facts lint_today = {
	.today = { 2026, 12, 1 },
	.ephemeral_first = EPHEMERAL_FIRST,
	.ephemeral_last = EPHEMERAL_LAST,
};

/* A registry and what is found in it. */
struct lint_case {
	const char *name;
	const char *layers[LINT_LAYERS_MAX]; /* 1.yaml and so on; the last ones may be missing */
	const char *want;		     /* a line for each finding */
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

/* Lines "RULE: MESSAGE[ -> SUGGESTION]" of the same. */
static inline void put_lint_words(const struct registry *reg, const struct lint_facts *facts,
				  struct buf *out)
{
	_cleanup_findings_ struct findings findings = { 0 };

	assert_int_equal(lint_registry(reg, facts, &findings), 0);
	for (size_t i = 0; i < findings.len; i++) {
		const struct finding *f = &findings.items[i];

		buf_printf(out, "%s: %s%s%s\n", f->rule->id, f->message,
			   f->suggestion ? " -> " : "", f->suggestion ? f->suggestion : "");
	}
}

typedef void (*lint_put_fn)(const struct registry *reg, const struct lint_facts *facts,
			    struct buf *out);

static inline void lint_run(const struct lint_case *cases, size_t n, enum severity least,
			    lint_put_fn put)
{
	struct lint_facts facts = lint_today;

	facts.least = least;
	for (size_t i = 0; i < n; i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		size_t layers = 0;
		int r = 0;

		while (layers < LINT_LAYERS_MAX && cases[i].layers[layers])
			layers++;
		reg = registry_of(cases[i].layers, layers, &diags, &r);
		check_int(cases[i].name, r, 0);
		put(reg, &facts, &out);
		check_text(cases[i].name, out.data ? out.data : "", cases[i].want);
	}
}

/* Layers and their lists. */
#define LAYER(name, lists) "version: 1\nname: " name "\n" lists "\n"
#define A(lists)	   LAYER("a", lists)
#define B(lists)	   LAYER("b", lists)
#define C(lists)	   LAYER("c", lists)
