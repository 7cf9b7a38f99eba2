// SPDX-License-Identifier: MIT
/* Notes that contradict the columns that programs read. */
#include <string.h>
#include <strings.h>

#include "../../../bpf/abi.h"
#include "lint_context.h"

/* Are the words in the notes, joined by blanks or by dashes? */
static bool notes_say(const struct reg_row *row, const char *const *ways)
{
	for (; row->notes && *ways; ways++)
		if (strcasestr(row->notes, *ways))
			return true;
	return false;
}

static bool control_plane_in_notes(const struct reg_row *row)
{
	static const char *const ways[] = { "control plane only", "control-plane only",
					    "control-plane-only", NULL };

	return notes_say(row, ways);
}

static bool localhost_in_notes(const struct reg_row *row)
{
	static const char *const ways[] = { "localhost only", "localhost-only", NULL };

	return notes_say(row, ways);
}

static bool baremetal_in_notes(const struct reg_row *row)
{
	static const char *const ways[] = { "baremetal only", "baremetal-only", "bare metal only",
					    NULL };

	return notes_say(row, ways);
}

static bool cell_is(const struct reg_row *row, const char *word)
{
	return row->control_plane && strcmp(row->control_plane, word) == 0;
}

/* If one row of a layer has the page's cell, then all have it: it is blank where it is absent. */
static bool has_cells(const struct reg_layer *layer)
{
	for (size_t i = 0; i < layer->len && layer->rows[i].kind <= REG_RETIRED; i++)
		if (layer->rows[i].control_plane)
			return true;
	return false;
}

static void report(struct lint *lint, const struct lint_row *at, const char *notes,
		   const char *columns, const char *mend)
{
	struct finding *finding =
		lint_add_finding(lint, LINT_NOTES_CONTRADICT_COLUMNS, at, NULL, "%s: %s, and %s",
				 lint_row_name(at->row).text, notes, columns);

	finding_suggest(finding, "%s", mend);
}

static void check_control_plane(struct lint *lint, const struct lint_row *at, bool cells)
{
	const struct reg_row *row = at->row;
	bool role = row->role == REG_ROLE_CONTROL_PLANE;

	if (control_plane_in_notes(row) && !role)
		report(lint, at, "notes say control plane only", "the role does not",
		       "role: control-plane, or other notes");
	else if (control_plane_in_notes(row) && cells && !cell_is(row, "yes"))
		report(lint, at, "notes say control plane only", "the control_plane cell does not",
		       "control_plane: \"yes\", or other notes");
	else if (cell_is(row, "yes") && !role)
		report(lint, at, "the control_plane cell says yes", "the role does not",
		       "role: control-plane");
	else if (cell_is(row, "no") && role)
		report(lint, at, "the control_plane cell says no", "the role is control-plane",
		       "role: any, or control_plane: \"yes\"");
}

static void check_localhost(struct lint *lint, const struct lint_row *at)
{
	const struct reg_row *row = at->row;

	if (!localhost_in_notes(row))
		return;
	if (row->scope == HP_SCOPE_EXTERNAL)
		report(lint, at, "notes say localhost only", "the scope is external",
		       "scope: localhost, or other notes");
	else if (row->table && strcmp(row->table, "external") == 0)
		report(lint, at, "notes say localhost only", "it stands in the external table",
		       "move it to the table of localhost");
}

static void check_platforms(struct lint *lint, const struct lint_row *at)
{
	const struct reg_row *row = at->row;

	if (!baremetal_in_notes(row))
		return;
	if (row->platforms_len != 1 || strcmp(row->platforms[0], "baremetal") != 0)
		report(lint, at, "notes say baremetal only",
		       row->platforms_len ? "the platforms are others" : "it is for all platforms",
		       "platforms: [baremetal], or other notes");
}

static void check(struct lint *lint, const struct lint_rows *rows)
{
	const struct reg_layer *layer = NULL;
	bool cells = false;

	for (size_t i = 0; i < rows->len; i++) {
		const struct lint_row *at = &rows->items[i];

		if (at->layer != layer)
			cells = has_cells(at->layer);
		layer = at->layer;
		check_control_plane(lint, at, cells);
		check_localhost(lint, at);
		check_platforms(lint, at);
	}
}

int lint_columns(struct lint *lint)
{
	check(lint, &lint->entries);
	check(lint, &lint->retired);
	return 0;
}
