/* SPDX-License-Identifier: MIT */
/* The steps of a comparison. Pure; compare.h is what others include. */
#pragma once

#include "compare.h"

/* Which rows of a pair of sides are compared, and in what. */
struct compare_rule {
	unsigned int kinds;  /* bits 1 << enum reg_kind */
	unsigned int fields; /* bits 1 << enum compare_field; owners: both lists the same */
	bool page; /* a page is compared: it has no column for the application of a retired row */
	bool external;	  /* external rows alone */
	bool covers;	  /* the first side's owners cover the second's, or the other way */
	bool a_is_matrix; /* of covers: which one is to be covered */
	bool digits_only; /* a move is told by exchanged digits alone: the processes are not of one
			     list */
};

struct compare_rule compare_rule_of(enum compare_form a, enum compare_form b);

/* The fields in which two rows differ by a rule. 0, or -ENOMEM. */
int compare_rows(const struct compare_rule *rule, const struct reg_row *a, const struct reg_row *b,
		 unsigned int *ret_fields);

/* Add one. 0, or -ENOMEM. */
int differences_add(struct differences *differences, const struct difference *difference);

/*
 * Compare all rows of a kind and protocol, and add what differs. 0; -E2BIG; -ENOMEM.
 * *work counts what was looked at, up to a bound.
 */
int compare_ports(const struct compare_side *a, const struct compare_side *b,
		  const struct compare_rule *rule, enum reg_kind kind, uint8_t proto, size_t *work,
		  struct differences *differences);

/* Make a move of what was removed and added of the same process. 0, or -ENOMEM. */
int compare_moves(const struct compare_rule *rule, struct differences *differences);
