/* SPDX-License-Identifier: MIT */
/* Tables for people: fitted to a terminal, whole when piped. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cleanup.h"

struct table_column {
	const char *name;
	double width;  /* wished: 0 to 1 is a share of the terminal, above it columns; 0: any */
	bool right;    /* numbers */
	bool truncate; /* may be cut to fit a terminal; others keep their width */
};

struct table;

/* 0, or -ENOMEM. The table is the caller's. */
int table_new(const struct table_column *columns, size_t len, struct table **ret_table);

void table_free(struct table *table);
DEFINE_CLEANUP(struct table, table_free)

/*
 * Add a row, one cell for each column; NULL and empty ones show as "-", so that
 * every line has as many words. Cells are made safe for a terminal. 0, or -ENOMEM.
 */
int table_add(struct table *table, const char *const *cells);

/*
 * Print with a header: fitted to the terminal's width where the stream is one,
 * else without any cut. Nothing for a table without rows. The stream is flushed. 0, or a negative
 * errno.
 */
int table_print(struct table *table, FILE *out);
