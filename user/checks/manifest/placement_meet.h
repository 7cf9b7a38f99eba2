/* SPDX-License-Identifier: MIT */
/* Whether two pods can meet on a node. Pure. */
#pragma once

#include "model.h"

/*
 * Can both pods be on one node? Yes, unless what was understood of their placements
 * keeps them apart. Each comparison costs one of *steps; once none is left, the
 * answer means nothing.
 */
bool placement_meet(const struct pod *a, const struct pod *b, size_t *steps);
