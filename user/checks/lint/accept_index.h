/* SPDX-License-Identifier: MIT */
/* The accepts of all layers, and which of them a finding meets. Pure. */
#pragma once

#include "../../registry/registry.h"
#include "lint_rules.h"
#include "range_index.h"

/* A row in its layer. */
struct lint_row {
	const struct reg_layer *layer;
	const struct reg_row *row;
};

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

/*
 * Ports of a layer that a finding is about: of one row, or of several of a
 * protocol. first 0: of the layer as a whole.
 */
struct lint_subject {
	const struct reg_layer *layer; /* NULL: there is no such subject */
	uint8_t proto;
	uint16_t first, last;
};

struct lint_subject lint_row_subject(const struct lint_row *at);

/* Collect the accepts of a registry. 0, or -ENOMEM. */
int accept_index_build(const struct registry *reg, struct accept_index *ret);
void accept_index_free(struct accept_index *accepts);

/*
 * The reason for which a finding is accepted, or NULL; the accept counts as used.
 * An accept of the file in which the finding is (`at`), or of a later one that
 * names its layer; or of either of them, that names the layer of what it is about
 * besides (`other`).
 */
const char *accept_index_find(struct accept_index *accepts, enum lint_rule rule,
			      const struct lint_subject *at, const struct lint_subject *other);
