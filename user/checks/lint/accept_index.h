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
	struct range_index spans;
	bool in_layer[REGISTRY_LAYERS_MAX]; /* has the layer any? */
};

/* An index of a registry's accepts. 0, or -ENOMEM. */
int accept_index_build(const struct registry *reg, const struct lint_rows *accepts,
		       struct accept_index *ret);
void accept_index_free(struct accept_index *accepts);

/*
 * The reason for which a finding is accepted, or NULL; the accept counts as used.
 * An accept of the file in which the finding is (`at`), or of a later one that
 * names its layer; or of either of them, that names the layer of what it is about
 * besides (`other`).
 */
const char *accept_index_find(struct accept_index *accepts, enum lint_rule rule,
			      const struct lint_subject *at, const struct lint_subject *other);
