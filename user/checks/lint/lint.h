/* SPDX-License-Identifier: MIT */
/* Faults of a registry that can be read. Pure. */
#pragma once

#include "../../registry/port_ranges.h"
#include "../../registry/registry.h"
#include "lint_rules.h"

/* What the rules need beside the rows. */
struct lint_facts {
	struct reg_date today;
	uint16_t ephemeral_first, ephemeral_last; /* both included; 0, 0: none */
	enum severity least;			  /* findings below it are left out */
};

/*
 * Append the findings of all layers; those that the files accept have their reasons.
 * A finding's file is its layer's path. Rows that a later layer dropped have none. 0,
 * or -ENOMEM with some of them appended.
 */
int lint_registry(const struct registry *reg, const struct lint_facts *facts,
		  struct findings *findings);
