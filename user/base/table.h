/* SPDX-License-Identifier: MIT */
/* Tables for people: fitted to a terminal, whole when piped. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "buf.h"
#include "cleanup.h"

struct table_column {
	const char *name;
	bool right;    /* numbers */
	bool truncate; /* may be cut, with a sign of it, to fit a terminal; others keep their width
			*/
	uint8_t drop;  /* on a terminal too narrow, those of the greatest number are left out first;
			  0: never */
};

/* How a table is printed. Zero: all columns, as many as fit, in the order of table_add(). */
struct table_view {
	const char *columns; /* names, with commas between them; NULL: all */
	const char *sort;    /* a name, with - before it for the greatest first; NULL: as added */
	bool no_headings;
	bool keep;   /* columns: none of them is left out to fit */
	bool wide;   /* neither cut nor left out */
	bool colour; /* what table_paint() says */
};

struct table;

/* 0, or -ENOMEM. The table is the caller's; the columns must outlive it. */
int table_new(const struct table_column *columns, size_t len, struct table **ret_table);

void table_free(struct table *table);
DEFINE_CLEANUP(struct table, table_free)

/*
 * Add a row, one cell for each column; NULL and empty ones show as "-", so that
 * every line has as many words. Cells are made safe for a terminal. 0, or -ENOMEM.
 */
int table_add(struct table *table, const char *const *cells);

/* The colour of a cell of the last row: "red", "yellow", …; a literal. */
void table_paint(struct table *table, size_t column, const char *colour);

/*
 * Are there the columns that the view names, in upper or lower case? 0, or -EINVAL with the reason
 * in `err`.
 */
int table_view_check(const struct table_view *view, const struct table_column *columns, size_t len,
		     struct buf *err);

/* Print it so from now on. The view, which was checked, must outlive the table. */
void table_set_view(struct table *table, const struct table_view *view);

/*
 * Print with a header: fitted to the terminal's width where the stream is one,
 * else without any cut. A last line names the columns that are left out to fit. Nothing for a table
 * without rows. The stream is flushed. 0, or a negative errno.
 */
int table_print(struct table *table, FILE *out);
