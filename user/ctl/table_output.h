/* SPDX-License-Identifier: MIT */
/* The options of the verbs that print a table: its form, its columns, their order, its colours. */
#pragma once

#include "../base/options.h"
#include "../base/table.h"

enum table_form {
	TABLE_FORM_TABLE,
	TABLE_FORM_WIDE,
	TABLE_FORM_JSON,
	TABLE_FORM_YAML,
	TABLE_FORM_OPENREPORTS,
};

enum table_colour {
	TABLE_COLOUR_AUTO,
	TABLE_COLOUR_ALWAYS,
	TABLE_COLOUR_NEVER,
};

struct table_output {
	int form;   /* enum table_form */
	int colour; /* enum table_colour */
	struct table_view view;
};

/* Parsers whose field is a struct table_output. A form, or names of columns. */
int table_output_parse(void *output, const char *value, struct buf *err);
int table_output_parse_yaml(void *output, const char *value, struct buf *err); /* yaml as well */
/* openreports as well */
int table_output_parse_reports(void *output, const char *value, struct buf *err);
int table_output_parse_json(void *output, const char *value, struct buf *err); /* --json */

#define TABLE_OUTPUT_REST(struct_)                                                                 \
	{ "json", NULL, "as --output=json",                                                        \
	  OPTION_PARSED(struct_, output, table_output_parse_json) },                               \
		{ "no-headings", NULL, "a table without its first line",                           \
		  OPTION_FLAG(struct_, output.view.no_headings) },                                 \
		{ "sort", "COLUMN",                                                                \
		  "sort the table by this column; -COLUMN: the greatest first (as it is)",         \
		  OPTION_TEXT(struct_, output.view.sort) },                                        \
	{                                                                                          \
		"color", "auto|always|never",                                                      \
			"colors in the table; auto: on a terminal, unless NO_COLOR is set (auto)", \
			OPTION_WORD(struct_, output.colour, TABLE_COLOUR_AUTO,                     \
				    TABLE_COLOUR_ALWAYS, TABLE_COLOUR_NEVER)                       \
	}

#define TABLE_OUTPUT_OPTIONS(struct_)                                                              \
	{ "output", "table|wide|json|COLUMN,...",                                                  \
	  "a table; one in which nothing is cut or left out; one JSON document; a table of these"  \
	  " columns (table)",                                                                      \
	  OPTION_PARSED(struct_, output, table_output_parse), .letter = 'o' },                     \
		TABLE_OUTPUT_REST(struct_)

/*
 * After the options were read: complete the view, and check that its columns are there. EXIT_OK; or
 * the exit status, after saying on behalf of `verb` which is not.
 */
int table_output_check(struct table_output *output, const struct table_column *columns, size_t len,
		       const char *verb);
