/* SPDX-License-Identifier: MIT */
/* A row of a communication matrix: its cells, checked. Pure. */
#pragma once

#include "csv_read.h"

#include "layer_build.h"

enum matrix_column {
	MATRIX_DIRECTION,
	MATRIX_PROTOCOL,
	MATRIX_PORT,
	MATRIX_NAMESPACE,
	MATRIX_SERVICE,
	MATRIX_POD,
	MATRIX_CONTAINER,
	MATRIX_ROLE,
	MATRIX_OPTIONAL,
	MATRIX_COLUMN_MAX,
};

const char *matrix_column_title(enum matrix_column column);

struct matrix_row {
	uint16_t first, last;
	uint8_t proto;
	enum reg_role role;
	const char *process;	/* of the record's texts */
	struct buf pod, unit;	/* texts that the owner has */
	struct reg_owner owner; /* all NULL: none is known */
	const char *service;	/* beside a pod's name, or NULL */
	bool optional;
};

/* enum matrix_column of a title, in any case, or -EINVAL. Newer matrices have NodeGroup for Node
 * Role. */
int matrix_column_of(const char *title);

/*
 * Check a record's cells, whose places `columns` has, and take what they mean. A blank group of
 * nodes is any role; `pools` (or NULL) has further ones. The record must outlive the row. 0;
 * -EINVAL after saying what is wrong; -ENOMEM.
 */
int matrix_row_parse(const struct csv *csv, const struct csv_record *record,
		     const enum matrix_column *columns, const struct layer_pools *pools,
		     struct matrix_row *ret_row);

void matrix_row_free(struct matrix_row *row);
#define _cleanup_matrix_row_ _cleanup_(matrix_row_free)
