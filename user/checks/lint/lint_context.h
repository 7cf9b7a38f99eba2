/* SPDX-License-Identifier: MIT */
/* What the groups of rules work on, and how they add findings. Pure. */
#pragma once

#include "accept_index.h"
#include "lint.h"

struct lint {
	const struct registry *reg;
	const struct lint_facts *facts;
	struct findings *findings;
	struct lint_rows entries, retired, clients; /* without dropped ones */
	struct lint_rows ranges, drops, exceptions, accepts;
	struct accept_index accept_index;
};

/* Fill in everything that the groups need beside the first three members. 0, or -ENOMEM. */
int lint_open(struct lint *lint);
void lint_close(struct lint *lint);

/*
 * A finding at a row, with its port; `other`, which may be NULL, is what it is
 * about besides. NULL when it is not reported. As findings_add().
 */
struct finding *lint_add_finding(struct lint *lint, enum lint_rule rule, const struct lint_row *at,
				 const struct lint_subject *other, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* A finding of a layer as a whole, at the row that shows it first. */
struct finding *lint_add_layer_finding(struct lint *lint, enum lint_rule rule,
				       const struct lint_row *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A finding at an accept, which no accept can meet. */
struct finding *lint_add_accept_finding(struct lint *lint, enum lint_rule rule,
					const struct lint_row *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The groups of rules. 0, or -ENOMEM. */
int lint_ranges(struct lint *lint);
int lint_columns(struct lint *lint);
int lint_overlaps(struct lint *lint);
int lint_reuse(struct lint *lint);
int lint_source_ports(struct lint *lint);
int lint_transposed_digits(struct lint *lint);
int lint_protocols(struct lint *lint);
int lint_owners(struct lint *lint);
int lint_exceptions(struct lint *lint);
int lint_order(struct lint *lint);
int lint_missing(struct lint *lint);
int lint_unused_accepts(struct lint *lint); /* last: what is unused is known only then */
