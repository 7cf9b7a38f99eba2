/* SPDX-License-Identifier: MIT */
/* What two rows of a port differ in. Pure. */
#pragma once

#include "../base/buf.h"
#include "../registry/row_fields.h"

/* The fields that are compared, in the order in which differences are told. */
#define COMPARE_FIELDS 17
extern const enum row_field compare_order[COMPARE_FIELDS];

/* Their bits, 1 << enum row_field. */
#define COMPARE_BIT(field) (1U << (field))
#define COMPARE_ALL                                                                                \
	((COMPARE_BIT(ROW_FIELD_MAX) - 1) &                                                        \
	 ~(COMPARE_BIT(ROW_RULE) | COMPARE_BIT(ROW_PORTS) | COMPARE_BIT(ROW_PROTOCOL) |            \
	   COMPARE_BIT(ROW_NOTE) | COMPARE_BIT(ROW_LAYER)))

/*
 * Append a field's value as text: lists in an order of their own, nothing where the
 * row does not have it. False when memory ran out.
 */
bool compare_field_text(const struct reg_row *row, enum row_field field, struct buf *out);

/* The fields, of those in `mask`, whose values differ; bits 1 << enum row_field. -ENOMEM. */
int compare_fields(const struct reg_row *a, const struct reg_row *b, unsigned int mask,
		   unsigned int *ret_fields);

/* How process names compare: in any case, all that is no letter or digit taken for "-". */
int compare_process(const char *a, const char *b);

/*
 * Is one port the other with two digits exchanged, in each place where they differ,
 * and is that more than one: 9545 and 9454, 1234 and 1324?
 */
bool compare_digits_exchanged(uint16_t a, uint16_t b);
