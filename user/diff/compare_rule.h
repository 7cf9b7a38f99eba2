/* SPDX-License-Identifier: MIT */
/* Which rows of two registries are compared, and in which fields. Pure. */
#pragma once

#include "compare_field.h"

/* What a side is, and so what it can know. */
enum compare_form {
	COMPARE_FILES,	  /* registry files: all there is */
	COMPARE_MARKDOWN, /* a page: entries and retired rows, without owners and the like */
	COMPARE_MATRIX,	  /* a matrix of one cluster: external entries, their roles and owners */
};

struct compare_side {
	const struct registry *registry;
	enum compare_form form;
};

struct compare_rule {
	unsigned int kinds;  /* bits 1 << enum reg_kind */
	unsigned int fields; /* bits 1 << enum row_field; owners: both lists the same */
	bool page;	     /* a side is a page: it has no application of a retired row */
	bool external;	     /* external rows alone */
	bool covers;	     /* the owners of the side that is no matrix must cover the matrix's */
	bool a_is_matrix;    /* of covers: the first side is the matrix */
	bool digits_only;    /* a move needs exchanged digits: process names do not tell */
};

struct compare_rule compare_rule_of(enum compare_form a, enum compare_form b);

/* Does the rule compare rows such as this one? */
bool compare_rule_takes(const struct compare_rule *rule, const struct reg_row *row);

/* The fields in which two rows differ by a rule. 0, or -ENOMEM. */
int compare_rule_rows(const struct compare_rule *rule, const struct reg_row *a,
		      const struct reg_row *b, unsigned int *ret_fields);
