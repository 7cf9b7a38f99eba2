/* SPDX-License-Identifier: MIT */
/* A layer's drops: rows of earlier layers that it takes away. Pure. */
#pragma once

#include "registry.h"

/*
 * Mark the rows of `reg` that the layer's drops take away: entries and retired rows of
 * the drop's protocol whose ports all lie within the drop's, and which no earlier layer
 * dropped. Drops of one layer do not affect one another, so their order does not matter. -EINVAL
 * with a message for each drop that names no earlier layer or takes nothing; -ENOMEM.
 */
int drops_apply(struct registry *reg, const struct reg_layer *layer, struct diags *diags);
