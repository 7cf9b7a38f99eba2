/* SPDX-License-Identifier: MIT */
/* What is wrong with a registry, though it can be read. Pure. */
#pragma once

#include "../../registry/port_ranges.h"
#include "../../registry/registry.h"
#include "lint_rules.h"

/* What the rules go by beside the rows. */
struct lint_facts {
	struct reg_date today;
	uint16_t ephemeral_first, ephemeral_last; /* both included; 0, 0: none */
	enum severity least;			  /* findings below it are left out */
};

/*
 * Append what is found in all layers, those of the files' `accept` with their
 * reasons. The files that findings name are the layers' paths. Rows that a later
 * layer dropped are not looked at. 0, or -ENOMEM with some of it appended.
 */
int lint_registry(const struct registry *reg, const struct lint_facts *facts,
		  struct findings *findings);
