/* SPDX-License-Identifier: MIT */
/* Where a pod may run. Pure. */
#pragma once

#include "cursor.h"

/* Read where a pod may run from its specification. */
void placement_read(struct cursor *cursor, const struct yaml_node *spec, struct placement *ret);

/* Append why nothing keeps the pod from nodes of a role (NODES_...), after "and ". */
void placement_why(const struct placement *placement, unsigned int role, struct buf *out);
