// SPDX-License-Identifier: MIT
#include "markdown_tables.h"

#include <errno.h>
#include <string.h>

static const struct markdown_column entry_columns[] = {
	{ "Port", ROW_PORTS },		 { "Process", ROW_PROCESS },
	{ "Protocol", ROW_APPLICATION }, { "Control-plane only", ROW_CONTROL_PLANE },
	{ "Owning Team", ROW_TEAM },	 { "Since", ROW_SINCE },
	{ "Notes", ROW_NOTES },
};

static const struct markdown_column retired_columns[] = {
	{ "Port", ROW_PORTS },
	{ "Process", ROW_PROCESS },
	{ "Control-plane only", ROW_CONTROL_PLANE },
	{ "Owning Team", ROW_TEAM },
	{ "Added", ROW_SINCE },
	{ "Removed", ROW_REMOVED },
	{ "Notes", ROW_NOTES },
};

_Static_assert(ARRAY_LEN(entry_columns) <= MARKDOWN_COLUMNS_MAX, "room for all");
_Static_assert(ARRAY_LEN(retired_columns) <= MARKDOWN_COLUMNS_MAX, "room for all");

const struct markdown_columns *markdown_columns(enum markdown_table table)
{
	static const struct markdown_columns entry = { entry_columns, ARRAY_LEN(entry_columns) };
	static const struct markdown_columns retired = { retired_columns,
							 ARRAY_LEN(retired_columns) };

	return table == MARKDOWN_RETIRED ? &retired : &entry;
}

static const char *const headings[] = {
	[MARKDOWN_EXTERNAL] = "External",
	[MARKDOWN_LOCALHOST] = "Localhost-only",
	[MARKDOWN_RETIRED] = "Previously allocated",
};

_Static_assert(ARRAY_LEN(headings) == MARKDOWN_TABLE_MAX, "a heading for each table");

const char *markdown_heading(enum markdown_table table)
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

enum markdown_table markdown_table_of_row(const struct reg_row *row)
{
	const char *table = row->table ? row->table : word_scope(row->scope);

	if (row->kind == REG_RETIRED)
		return MARKDOWN_RETIRED;
	return strcmp(table, word_scope(HP_SCOPE_LOCALHOST)) == 0 ? MARKDOWN_LOCALHOST :
								    MARKDOWN_EXTERNAL;
}

/* Do the notes have these words, apart or joined, in any case? */
static bool notes_have(const char *notes, const char *words, const char *joined)
{
	return notes && (strcasestr(notes, words) || strcasestr(notes, joined));
}

struct markdown_meaning markdown_meaning(enum markdown_table table, const char *control_plane,
					 const char *notes)
{
	bool local = notes_have(notes, "localhost only", "localhost-only");
	struct markdown_meaning meaning = { .scope = HP_SCOPE_EXTERNAL };

	if (table == MARKDOWN_LOCALHOST || local)
		meaning.scope = HP_SCOPE_LOCALHOST;
	if (table == MARKDOWN_EXTERNAL && local)
		meaning.table = word_scope(HP_SCOPE_EXTERNAL);
	if ((control_plane && strcmp(control_plane, "yes") == 0) ||
	    notes_have(notes, "control plane only", "control-plane only"))
		meaning.role = REG_ROLE_CONTROL_PLANE;
	if (notes_have(notes, "baremetal only", "baremetal-only"))
		meaning.platform = "baremetal";
	return meaning;
}
