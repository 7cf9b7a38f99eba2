/* SPDX-License-Identifier: MIT */
/* The accepts of all layers, and which of them a finding meets. Pure. */
#pragma once

#include "lint_row.h"
#include "lint_rules.h"
#include "range_index.h"

struct accept {
	struct lint_row at;
	bool used;
};

struct accept_index {
	const struct registry *reg;
	struct accept *items; /* in the registry's order */
	size_t len;
	struct range_index ranges;
	bool in_layer[REGISTRY_LAYERS_MAX]; /* does the layer have any? */
};

/* An index of a registry's accepts. 0, or -ENOMEM. */
int accept_index_build(const struct registry *reg, const struct lint_rows *accepts,
		       struct accept_index *ret);
void accept_index_free(struct accept_index *accepts);

/*
 * Why a finding is accepted, or NULL; the accept counts as used. An accept meets a
 * finding (at `at`) in three cases: it is of the finding's file and names no layer; it
 * is of that file or a later one and names the finding's layer; or it names the layer
 * of what else the finding is about (`other`).
 */
const char *accept_index_find(struct accept_index *accepts, enum lint_rule rule,
			      const struct lint_subject *at, const struct lint_subject *other);
