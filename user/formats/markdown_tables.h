/* SPDX-License-Identifier: MIT */
/*
 * The tables of the Host Port Registry page: their headings and columns, and what a
 * row of them says beyond its cells. Pure.
 */
#pragma once

#include "../registry/row_fields.h"

enum markdown_table {
	MARKDOWN_EXTERNAL,
	MARKDOWN_LOCALHOST,
	MARKDOWN_RETIRED,
	MARKDOWN_TABLE_MAX,
};

/* A column, and the field that it is of; its cells are of that field's type. */
struct markdown_column {
	const char *title;
	enum row_field field;
};

struct markdown_columns {
	const struct markdown_column *items;
	size_t len;
};

#define MARKDOWN_COLUMNS_MAX 8

/* The columns of a table, in the page's order. */
const struct markdown_columns *markdown_columns(enum markdown_table table);

/* The heading of a table, and of the tables of a protocol below it. */
const char *markdown_heading(enum markdown_table table);
const char *markdown_proto_heading(uint8_t proto);

/* The table, or the protocol, of a heading in lower case; or -EINVAL. */
int markdown_table_of(const char *heading);
int markdown_proto_of(const char *heading);

/* The table in which a row stands: an entry or a retired row. */
enum markdown_table markdown_table_of_row(const struct reg_row *row);

/* What a row of the page means beyond its cells. */
struct markdown_meaning {
	enum reg_role role;
	uint8_t scope;	      /* enum hp_scope */
	const char *table;    /* reg_row's, or NULL */
	const char *platform; /* the only one, or NULL: all */
};

/* Of the cells of "Control-plane only" and "Notes"; NULL: blank. */
struct markdown_meaning markdown_meaning(enum markdown_table table, const char *control_plane,
					 const char *notes);
