// SPDX-License-Identifier: MIT
/* Rows that leave something out. All rows of a layer that miss the same have one finding. */
#include <ctype.h>

#include "lint_context.h"

#define NAMED_MAX 5

static bool no_team(const struct reg_row *row)
{
	return !row->team;
}

static bool no_since(const struct reg_row *row)
{
	return !row->since_text;
}

struct missing {
	enum lint_rule rule;
	bool (*is)(const struct reg_row *row);
	const char *what, *mend;
};

static const struct missing kinds[] = {
	{ LINT_MISSING_TEAM, no_team, "name no team", "team: whom to ask" },
	{ LINT_MISSING_SINCE, no_since, "do not say since when they hold", "since: \"X.Y\"" },
};

/* One finding for all entries of a layer. */
static void check_layer(struct lint *lint, const struct missing *kind, const struct lint_row *rows,
			size_t n)
{
	const struct lint_row *first = NULL;
	_cleanup_buf_ struct buf names = { 0 };
	struct finding *finding;
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!kind->is(rows[i].row))
			continue;
		first = first ? first : &rows[i];
		if (found++ < NAMED_MAX)
			buf_printf(&names, "%s%s", names.len ? ", " : "",
				   lint_row_ports(rows[i].row).text);
	}
	lint->findings->failed |= names.failed;
	if (!first)
		return;
	finding = lint_add_layer_finding(lint, kind->rule, first, "%zu of %zu entries %s: %s%s",
					 found, n, kind->what, names.data,
					 found > NAMED_MAX ? ", ..." : "");
	finding_suggest(finding, "%s", kind->mend);
}

static bool has_word(const char *text)
{
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80)
			return true;
	return false;
}

static void check_notes(struct lint *lint, const struct lint_rows *rows)
{
	for (size_t i = 0; i < rows->len; i++) {
		const struct lint_row *at = &rows->items[i];

		if (!at->row->notes || has_word(at->row->notes))
			continue;
		finding_suggest(lint_add_finding(lint, LINT_UNCLEAR_NOTES, at, NULL,
						 "%s: notes say \"%s\"",
						 lint_row_name(at->row).text, at->row->notes),
				"notes: what the port is for");
	}
}

int lint_missing(struct lint *lint)
{
	size_t n;

	check_notes(lint, &lint->entries);
	check_notes(lint, &lint->retired);
	for (size_t at = 0; at < lint->entries.len; at += n) {
		const struct lint_row *rows = &lint->entries.items[at];

		for (n = 1; at + n < lint->entries.len && rows[n].layer == rows[0].layer; n++)
			;
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
			check_layer(lint, &kinds[k], rows, n);
	}
	return 0;
}
