/* SPDX-License-Identifier: MIT */
/* Rows of one kind and protocol, side by side. Pure. */
#pragma once

#include "compare_rule.h"
#include "difference.h"

/*
 * Compare all rows of a kind and protocol, and add what differs. 0; -E2BIG; -ENOMEM.
 * *work counts the rows that were looked at, up to a bound.
 */
int compare_ports(const struct compare_side *a, const struct compare_side *b,
		  const struct compare_rule *rule, enum reg_kind kind, uint8_t proto, size_t *work,
		  struct differences *differences);
