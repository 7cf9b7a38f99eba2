/* SPDX-License-Identifier: MIT */
/*
 * The tables of the Host Port Registry page: their headings and columns, and what a
 * row of them says beyond its cells. Pure.
 */
#pragma once

#include "../registry/registry.h"

enum page_table {
	PAGE_EXTERNAL,
	PAGE_LOCALHOST,
	PAGE_RETIRED,
	PAGE_TABLE_MAX,
};

enum page_cell {
	PAGE_PORTS,
	PAGE_TEXT,
	PAGE_YES_NO,
	PAGE_VERSION,
};

struct page_column {
	const char *title;
	enum page_cell cell;
	size_t offset; /* in the row: of the text, a char *; not for ports */
	size_t max;    /* characters of a text */
	bool required; /* may not be blank */
};

struct markdown_columns {
	const struct page_column *items;
	size_t len;
};

#define PAGE_COLUMNS_MAX 8

/* The columns of a table, in the page's order. */
const struct markdown_columns *markdown_columns(enum page_table table);

/* The heading of a table, and of the tables of a protocol below it. */
const char *markdown_heading(enum page_table table);
const char *markdown_proto_heading(uint8_t proto);

/* The table, or the protocol, of a heading in lower case; or -EINVAL. */
int markdown_table_of(const char *heading);
int markdown_proto_of(const char *heading);

/* The table in which a row stands: an entry or a retired row. */
enum page_table markdown_table_of_row(const struct reg_row *row);

/* What a row of the page means beyond its cells. */
struct markdown_meaning {
	enum reg_role role;
	uint8_t scope;	      /* enum hp_scope */
	const char *table;    /* reg_row's, or NULL */
	const char *platform; /* the only one, or NULL: all */
};

/* Of the cells of "Control-plane only" and "Notes"; NULL: blank. */
struct markdown_meaning markdown_meaning(enum page_table table, const char *control_plane,
					 const char *notes);
