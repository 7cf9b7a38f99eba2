/* SPDX-License-Identifier: MIT */
/* Where pods may run, and whether two of them can meet on a node. Pure. */
#pragma once

#include "cursor.h"

/* Read where a pod may run from its specification. */
void placement_read(struct cursor *cursor, const struct yaml_node *spec, struct placement *ret);

/*
 * Can pods of both be on one node? Conservative: what is not understood lets them.
 * Looks cost *steps, of which nothing is concluded when they are used up.
 */
bool placement_meet(const struct pod *a, const struct pod *b, size_t *steps);

/* Append why nothing keeps the pod from nodes of a role (NODES_...), after "and ". */
void placement_why(const struct placement *placement, unsigned int role, struct buf *out);
