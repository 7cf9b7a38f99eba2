/* SPDX-License-Identifier: MIT */
/* Rows of one kind and protocol, side by side. Pure. */
#pragma once

#include "compare_rule.h"
#include "difference.h"

/* Rows that were looked at together: beyond it a pair of registries is refused. */
#define COMPARE_WORK_MAX (4UL << 20)

/*
 * Compare all rows of a kind and protocol, and add what differs. *work counts the rows that
 * were looked at so far. 0; -E2BIG where they become more than COMPARE_WORK_MAX; -ENOMEM.
 */
int compare_ports(const struct compare_side *a, const struct compare_side *b,
		  const struct compare_rule *rule, enum reg_kind kind, uint8_t proto, size_t *work,
		  struct differences *differences);
