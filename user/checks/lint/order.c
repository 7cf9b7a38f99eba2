// SPDX-License-Identifier: MIT
/* Rows that are not where a reader looks for them. */
#include <string.h>

#include "../../../bpf/abi.h"
#include "lint_context.h"

/* The tables of the published page: external ports by protocol, localhost, retired. */
enum table {
	TABLE_LOCALHOST = HP_PROTO_MAX,
	TABLE_MAX,
};

static int table_of(const struct reg_row *row)
{
	const char *table = row->table;

	if (table ? strcmp(table, "localhost") == 0 : row->scope == HP_SCOPE_LOCALHOST)
		return TABLE_LOCALHOST;
	return row->proto;
}

static void report(struct lint *lint, const struct lint_row *at, const struct reg_row *before)
{
	lint_add_finding(lint, LINT_UNSORTED, at, NULL, "%s stands after %s",
			 lint_row_name(at->row).text, lint_row_name(before).text);
}

static void check(struct lint *lint, const struct lint_rows *rows, bool one_table)
{
	const struct reg_row *last[TABLE_MAX] = { 0 };
	const struct reg_layer *layer = NULL;

	for (size_t i = 0; i < rows->len; i++) {
		const struct lint_row *at = &rows->items[i];
		const struct reg_row **before;

		if (at->layer != layer)
			memset(last, 0, sizeof(last));
		layer = at->layer;
		before = &last[one_table ? 0 : table_of(at->row)];
		if (*before && (*before)->first > at->row->first)
			report(lint, at, *before);
		*before = at->row;
	}
}

int lint_order(struct lint *lint)
{
	check(lint, &lint->entries, false);
	check(lint, &lint->retired, true);
	return 0;
}
