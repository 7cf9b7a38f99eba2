// SPDX-License-Identifier: MIT
#include "markdown_read.h"

#include <errno.h>
#include <string.h>

#include "../base/utf8.h"
#include "../../bpf/abi.h"
#include "md_tables.h"
#include "markdown_tables.h"

#define SHOWN 64 /* bytes of a cell that a message repeats */

struct markdown {
	const struct layer_source *source;
	struct diags *diags;
	struct reg_layer *layer;
	size_t tables;
	/* of the table that is read */
	enum markdown_table table;
	uint8_t proto;
	const struct markdown_column *columns[MD_CELLS_MAX]; /* of each cell of a row */
};

/* ---- which table ------------------------------------------------------------------------- */
struct place {
	int table, proto; /* or -EINVAL */
};

/* What the headings say; deeper ones have the last word. */
static struct place place_of(const struct md_headings *headings)
{
	struct place place = { .table = -EINVAL, .proto = -EINVAL };

	for (size_t i = 0; i < MD_LEVELS; i++) {
		int table = markdown_table_of(headings->text[i]);
		int proto = markdown_proto_of(headings->text[i]);

		if (table >= 0)
			place = (struct place) { .table = table, .proto = -EINVAL };
		if (proto >= 0)
			place.proto = proto;
	}
	return place;
}

static bool has_ports(const struct md_row *header)
{
	for (size_t i = 0; i < header->len; i++)
		if (strcasecmp(header->cells[i].text, "Port") == 0)
			return true;
	return false;
}

static const char *deepest(const struct md_headings *headings)
{
	for (size_t i = MD_LEVELS; i > 0; i--)
		if (headings->text[i - 1][0])
			return headings->text[i - 1];
	return "no heading";
}

/* Is it a table of ports? Says so where one stands where none is expected. */
static bool find_table(struct markdown *p, const struct md_headings *headings,
		       const struct md_row *header)
{
	struct place place = place_of(headings);
	const char *file = p->source->file;

	if (place.table < 0) {
		if (has_ports(header))
			diags_add(p->diags, file, header->line, 1,
				  "a table of ports below \"%s\", not below External, "
				  "Localhost-only or Previously allocated",
				  deepest(headings));
		return false;
	}
	if (place.proto < 0 && place.table == MARKDOWN_EXTERNAL) {
		diags_add(p->diags, file, header->line, 1,
			  "a table below External, but below none of TCP, UDP, UDP-Lite and SCTP");
		return false;
	}
	p->table = (enum markdown_table)place.table;
	p->proto = place.proto < 0 ? HP_PROTO_TCP : (uint8_t)place.proto;
	return true;
}

/* ---- its columns ------------------------------------------------------------------------- */
static const struct markdown_column *column_of(const struct markdown_columns *columns,
					       const char *title)
{
	for (size_t i = 0; i < columns->len; i++)
		if (strcasecmp(columns->items[i].title, title) == 0)
			return &columns->items[i];
	return NULL;
}

/* The title that a column of retired rows has today. */
static const char *title_today(enum markdown_table table, const char *title)
{
	if (table == MARKDOWN_RETIRED && strcasecmp(title, "Removed In") == 0)
		return "Removed";
	return table == MARKDOWN_RETIRED && strcasecmp(title, "Since") == 0 ? "Added" : title;
}

/* Pages of 2023 and earlier lack these; their notes say what is for control planes only. */
static bool is_new(const struct markdown_column *column)
{
	return column->field == ROW_APPLICATION || column->field == ROW_CONTROL_PLANE;
}

static bool has_column(const struct markdown *p, const struct markdown_column *column, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p->columns[i] == column)
			return true;
	return false;
}

static void add_missing(const struct markdown *p, const struct md_row *header,
			const struct markdown_column *column)
{
	diags_add(p->diags, p->source->file, header->line, 1, "no column %s in a table below %s%s",
		  column->title, markdown_heading(p->table),
		  column->field == ROW_REMOVED ?
			  ": pages of September 2023 to August 2024 do not name it in their head" :
			  "");
}

static bool find_columns(struct markdown *p, const struct md_row *header)
{
	const struct markdown_columns *columns = markdown_columns(p->table);
	size_t before = p->diags->total, lacks_new = 0, all_new = 0;

	for (size_t i = 0; i < header->len; i++) {
		const struct md_cell *cell = &header->cells[i];

		p->columns[i] = column_of(columns, title_today(p->table, cell->text));
		if (!p->columns[i])
			diags_add(p->diags, p->source->file, header->line, cell->column,
				  "%.*s: no column of a table below %s", SHOWN, cell->text,
				  markdown_heading(p->table));
		else if (has_column(p, p->columns[i], i))
			diags_add(p->diags, p->source->file, header->line, cell->column,
				  "%s: a second column of this name", cell->text);
	}
	for (size_t i = 0; i < columns->len; i++) {
		bool is_there = has_column(p, &columns->items[i], header->len);

		lacks_new += is_new(&columns->items[i]) && !is_there;
		all_new += is_new(&columns->items[i]);
		if (!is_there && !(p->source->warnings && is_new(&columns->items[i])))
			add_missing(p, header, &columns->items[i]);
	}
	if (p->source->warnings && lacks_new && lacks_new < all_new) /* an older page has none */
		for (size_t i = 0; i < columns->len; i++)
			if (!has_column(p, &columns->items[i], header->len) &&
			    is_new(&columns->items[i]))
				add_missing(p, header, &columns->items[i]);
	if (p->diags->total == before && lacks_new)
		diags_add(
			p->source->warnings, p->source->file, header->line, 1,
			"warning: a table of the page as it was until 2023: it does not say which "
			"rows are for control planes only, but for their notes");
	return p->diags->total == before;
}

static int on_table(void *ctx, const struct md_headings *headings, const struct md_row *header)
{
	struct markdown *p = ctx;

	if (!find_table(p, headings, header) || !find_columns(p, header))
		return 1;
	p->tables++;
	return 0;
}

/* ---- its rows ---------------------------------------------------------------------------- */
static enum reg_kind kind_of(enum markdown_table table)
{
	return table == MARKDOWN_RETIRED ? REG_RETIRED : REG_ENTRY;
}

/* What is wrong with a cell; NULL: nothing. */
static const char *fault_of(const struct field *field, enum reg_kind kind, const char *text)
{
	struct reg_version version;
	uint16_t first, last;

	if (*text == '\0')
		return field->required & 1U << kind ? "is missing" : NULL;
	switch (field->type) {
	case FIELD_PORTS:
		return reg_ports_parse(text, &first, &last) < 0 ?
			       "not ports (N or N-M, each 1 to 65535)" :
			       NULL;
	case FIELD_WORD_TEXT:
		return words_find(field->words, text) < 0 ? "not yes, no or blank" : NULL;
	case FIELD_VERSION:
		return reg_version_parse(text, &version) < 0 ? "not a version (X.Y)" : NULL;
	default:
		return utf8_length(text, strlen(text)) > field->max ? "too long" : NULL;
	}
}

static bool check_cells(const struct markdown *p, const struct md_row *cells)
{
	size_t before = p->diags->total;

	for (size_t i = 0; i < cells->len; i++) {
		const struct md_cell *cell = &cells->cells[i];
		const struct field *field = &row_fields[p->columns[i]->field];
		const char *fault = fault_of(field, kind_of(p->table), cell->text);

		if (fault)
			diags_add(p->diags, p->source->file, cells->line, cell->column,
				  "%s: %.*s%s%s", p->columns[i]->title, SHOWN, cell->text,
				  *cell->text ? ": " : "", fault);
	}
	return p->diags->total == before;
}

static int set_cells(const struct markdown *p, const struct md_row *cells, struct reg_row *row)
{
	int r = 0;

	for (size_t i = 0; i < cells->len && r == 0; i++) {
		const struct field *field = &row_fields[p->columns[i]->field];
		const char *text = cells->cells[i].text;

		if (field->type == FIELD_PORTS)
			(void)reg_ports_parse(text, &row->first, &row->last);
		else
			r = row_set_text(field_text(field, row), text);
	}
	return r;
}

static int set_meaning(const struct markdown *p, struct reg_row *row)
{
	struct markdown_meaning meaning =
		markdown_meaning(p->table, row->control_plane, row->notes);
	int r = row_set_text(&row->table, meaning.table);

	row->proto = p->proto;
	row->scope = meaning.scope;
	row->role = (uint8_t)meaning.role;
	if (row->since_text)
		(void)reg_version_parse(row->since_text, &row->since);
	if (row->removed_text)
		(void)reg_version_parse(row->removed_text, &row->removed);
	if (r == 0 && meaning.platform)
		r = row_add_platform(row, meaning.platform);
	return r;
}

/*
 * Is it the last cell, the notes, that a row lacks? Then versions are where they should be, and
 * nowhere else. If nobody is told, it is a fault as well.
 */
static bool check_short(const struct markdown *p, const struct md_row *cells)
{
	bool fine = p->source->warnings && p->columns[cells->len - 1]->field == ROW_NOTES;
	struct reg_version version;

	for (size_t i = 0; i < cells->len; i++) {
		const char *text = cells->cells[i].text;
		bool is_version = reg_version_parse(text, &version) == 0;
		enum field_type type = row_fields[p->columns[i]->field].type;

		if (type == FIELD_VERSION ? *text && !is_version : is_version && type == FIELD_TEXT)
			fine = false;
	}
	if (fine)
		diags_add(p->source->warnings, p->source->file, cells->line, 1,
			  "warning: the row lacks its last cell, the notes");
	else
		diags_add(p->diags, p->source->file, cells->line, 1,
			  "a row of %zu cells in a table of %zu columns", cells->len - 1,
			  cells->len);
	return fine;
}

static int on_row(void *ctx, const struct md_row *cells)
{
	struct markdown *p = ctx;
	struct reg_row *row;
	int r;

	if ((cells->lacks_last && !check_short(p, cells)) || !check_cells(p, cells))
		return 0;
	if (p->layer->len == REGISTRY_ROWS_MAX) {
		diags_add(p->diags, p->source->file, cells->line, 1, "more than %d rows",
			  REGISTRY_ROWS_MAX);
		return -EINVAL;
	}
	row = layer_add(p->layer, kind_of(p->table), cells->line, 1);
	if (!row)
		return -ENOMEM;
	r = set_cells(p, cells, row);
	return r < 0 ? r : set_meaning(p, row);
}

int markdown_read(const struct layer_source *source, struct diags *diags,
		  struct reg_layer **ret_layer)
{
	static const struct md_reader reader = { .table = on_table,
						 .row = on_row,
						 .takes_short = true };
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	struct markdown page = { .source = source, .diags = diags };
	size_t before = diags->total;
	int r;

	if (!text_check(source->file, source->text, source->len, diags))
		return -EINVAL;
	page.layer = layer = layer_new(source->file, source->name, source->facts);
	if (!layer)
		return -ENOMEM;
	r = md_tables_read(source->file, source->text, source->len, &reader, &page, diags);
	if (r < 0)
		return r;
	if (page.tables == 0 && diags->total == before)
		diags_add(
			diags, source->file, 0, 0,
			"no table of ports below External, Localhost-only or Previously allocated");
	if (diags->total > before)
		return -EINVAL;
	/* the table of retired rows may stand first */
	r = layer_order(layer);
	if (r < 0)
		return r;
	*ret_layer = TAKE_PTR(layer);
	return 0;
}
