/* SPDX-License-Identifier: MIT */
/* What two rows of a port differ in. Pure. */
#pragma once

#include "../base/buf.h"
#include "../registry/registry.h"

enum compare_field {
	FIELD_SCOPE,
	FIELD_TABLE,
	FIELD_PROCESS,
	FIELD_APPLICATION,
	FIELD_ROLE,
	FIELD_CONTROL_PLANE,
	FIELD_TEAM,
	FIELD_SINCE,
	FIELD_REMOVED,
	FIELD_PLATFORMS,
	FIELD_NOTES,
	FIELD_OWNERS,
	FIELD_CLASS,
	FIELD_UNTIL,
	FIELD_REASON,
	FIELD_SOURCE,
	FIELD_MAX,
};

#define FIELDS_ALL ((1U << FIELD_MAX) - 1)

/* The key that a field has in registry files. */
const char *compare_field_name(enum compare_field field);

/*
 * Append a field's value as text: lists in an order of their own, nothing where the
 * row does not have it. False when memory ran out.
 */
bool compare_field_text(const struct reg_row *row, enum compare_field field, struct buf *out);

/* The fields, of those in `mask`, whose values differ; bits 1 << enum compare_field. -ENOMEM. */
int compare_fields(const struct reg_row *a, const struct reg_row *b, unsigned int mask,
		   unsigned int *ret_fields);

/* May everybody bind the row's port who is an owner of the other row? */
bool compare_owners_cover(const struct reg_row *row, const struct reg_row *other);

/* How process names compare: in any case, all that is no letter or digit taken for "-". */
int compare_process(const char *a, const char *b);

/*
 * Is one port the other with two digits exchanged, in each place where they differ,
 * and is that more than one: 9545 and 9454, 1234 and 1324?
 */
bool compare_digits_exchanged(uint16_t a, uint16_t b);
