/* SPDX-License-Identifier: MIT */
/* What a change of a registry lets through, accepts or breaks that was not so before. Pure. */
#pragma once

#include "../checks/lint/lint.h"

/* The rules of its findings. */
const struct rules *ratchet_rules(void);

/*
 * Append a finding for each exception of `to` that lets through what none of `from` did, and
 * for each finding of `registry lint`, accepted or not, beyond those that `from` has of the same
 * rule, protocol and port. What became less, and what only moved, is none. 0; -E2BIG when too
 * many rows name the same ports; -ENOMEM. The findings are sorted.
 */
int ratchet(const struct registry *from, const struct registry *to, const struct lint_facts *facts,
	    struct findings *ret);
