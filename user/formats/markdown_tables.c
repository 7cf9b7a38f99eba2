// SPDX-License-Identifier: MIT
#include "markdown_tables.h"

#include <errno.h>
#include <string.h>

#include "../registry/words.h"
#include "layer_build.h"

#define ROW(member) offsetof(struct reg_row, member)

static const struct page_column entry_columns[] = {
	{ "Port", PAGE_PORTS, 0, 0, true },
	{ "Process", PAGE_TEXT, ROW(process), ROW_SHORT_MAX, true },
	{ "Protocol", PAGE_TEXT, ROW(application), ROW_SHORT_MAX, false },
	{ "Control-plane only", PAGE_YES_NO, ROW(control_plane), 0, false },
	{ "Owning Team", PAGE_TEXT, ROW(team), ROW_SHORT_MAX, false },
	{ "Since", PAGE_VERSION, ROW(since_text), 0, false },
	{ "Notes", PAGE_TEXT, ROW(notes), ROW_LONG_MAX, false },
};

static const struct page_column retired_columns[] = {
	{ "Port", PAGE_PORTS, 0, 0, true },
	{ "Process", PAGE_TEXT, ROW(process), ROW_SHORT_MAX, true },
	{ "Control-plane only", PAGE_YES_NO, ROW(control_plane), 0, false },
	{ "Owning Team", PAGE_TEXT, ROW(team), ROW_SHORT_MAX, false },
	{ "Added", PAGE_VERSION, ROW(since_text), 0, false },
	{ "Removed", PAGE_VERSION, ROW(removed_text), 0, true },
	{ "Notes", PAGE_TEXT, ROW(notes), ROW_LONG_MAX, false },
};

_Static_assert(ARRAY_LEN(entry_columns) <= PAGE_COLUMNS_MAX, "room for all");
_Static_assert(ARRAY_LEN(retired_columns) <= PAGE_COLUMNS_MAX, "room for all");

const struct markdown_columns *markdown_columns(enum page_table table)
{
	static const struct markdown_columns entry = { entry_columns, ARRAY_LEN(entry_columns) };
	static const struct markdown_columns retired = { retired_columns,
							 ARRAY_LEN(retired_columns) };

	return table == PAGE_RETIRED ? &retired : &entry;
}

static const char *const headings[] = {
	[PAGE_EXTERNAL] = "External",
	[PAGE_LOCALHOST] = "Localhost-only",
	[PAGE_RETIRED] = "Previously allocated",
};

_Static_assert(ARRAY_LEN(headings) == PAGE_TABLE_MAX, "a heading for each table");

const char *markdown_heading(enum page_table table)
{
	return headings[table];
}

static const struct {
	uint8_t proto;
	const char *heading;
} protos[] = {
	{ HP_PROTO_TCP, "TCP" },
	{ HP_PROTO_UDP, "UDP" },
	{ HP_PROTO_UDPLITE, "UDP-Lite" },
	{ HP_PROTO_SCTP, "SCTP" },
};

const char *markdown_proto_heading(uint8_t proto)
{
	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		if (protos[i].proto == proto)
			return protos[i].heading;
	return word_proto(proto);
}

int markdown_table_of(const char *heading)
{
	for (size_t i = 0; i < ARRAY_LEN(headings); i++)
		if (strcasecmp(headings[i], heading) == 0)
			return (int)i;
	return -EINVAL;
}

int markdown_proto_of(const char *heading)
{
	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		if (strcasecmp(protos[i].heading, heading) == 0)
			return protos[i].proto;
	return -EINVAL;
}

enum page_table markdown_table_of_row(const struct reg_row *row)
{
	const char *table = row->table ? row->table : word_scope(row->scope);

	if (row->kind == REG_RETIRED)
		return PAGE_RETIRED;
	return strcmp(table, word_scope(HP_SCOPE_LOCALHOST)) == 0 ? PAGE_LOCALHOST : PAGE_EXTERNAL;
}

/* Do the notes say it, in two words or joined, in any case? */
static bool say(const char *notes, const char *words, const char *joined)
{
	return notes && (strcasestr(notes, words) || strcasestr(notes, joined));
}

struct markdown_meaning markdown_meaning(enum page_table table, const char *control_plane,
					 const char *notes)
{
	bool local = say(notes, "localhost only", "localhost-only");
	struct markdown_meaning meaning = { .scope = HP_SCOPE_EXTERNAL };

	if (table == PAGE_LOCALHOST || local)
		meaning.scope = HP_SCOPE_LOCALHOST;
	if (table == PAGE_EXTERNAL && local)
		meaning.table = word_scope(HP_SCOPE_EXTERNAL);
	if ((control_plane && strcmp(control_plane, "yes") == 0) ||
	    say(notes, "control plane only", "control-plane only"))
		meaning.role = REG_ROLE_CONTROL_PLANE;
	if (say(notes, "baremetal only", "baremetal-only"))
		meaning.platform = "baremetal";
	return meaning;
}
