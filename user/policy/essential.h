/* SPDX-License-Identifier: MIT */
/*
 * Rows that a node can't do without: enforcement must not deny them. What counts is what the
 * policy decides, whatever has become of the row: a later layer may have dropped it. Pure.
 */
#pragma once

#include "policy.h"

/* An essential row that would be denied, and the first port and the scope for which it would. */
struct essential_row {
	const struct reg_layer *layer;
	const struct reg_row *row;
	struct hp_query query;
};

/*
 * Would enforcement with this configuration deny a port of an essential row of `reg` that is for
 * this node? The policy may be of another registry. 1, and the first such row; 0; or -ENOMEM.
 */
int essential_denied(const struct registry *reg, const struct policy *policy,
		     const struct node_facts *facts, const struct hp_config *config,
		     struct essential_row *ret_row);

/* Append the row and why it would be denied by the policy, which is of `reg`. */
void essential_put(const struct registry *reg, const struct policy *policy,
		   const struct node_facts *facts, const struct hp_config *config,
		   const struct essential_row *row, struct buf *out);
