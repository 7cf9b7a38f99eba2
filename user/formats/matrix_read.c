// SPDX-License-Identifier: MIT
#include "matrix_read.h"

#include <errno.h>
#include <string.h>

#include "../base/utf8.h"
#include "../../bpf/abi.h"
#include "matrix_row.h"

#define SHOWN 64 /* bytes of a cell that a message repeats */

/* Some row of an entry was. */
#define OPTIONAL (1U << REG_ROLE_MAX)

struct matrix {
	struct csv csv;
	struct reg_layer *layer;
	unsigned int *seen; /* of each row of the layer: bits 1 << enum reg_role, and OPTIONAL */
	enum matrix_column columns[MATRIX_COLUMN_MAX];
	const struct layer_pools *pools;
};

static void matrix_done(struct matrix *m)
{
	csv_free(&m->csv);
	layer_free(m->layer);
	free(m->seen);
}

static void add_fault(const struct matrix *m, const struct csv_field *field, const char *what)
{
	diags_add(m->csv.diags, m->csv.file, field->line, field->column, "%.*s: %s", SHOWN,
		  field->text, what);
}

/* The header says which column is where; each is there once. */
static int read_header(struct matrix *m)
{
	struct csv_record record;
	bool seen[MATRIX_COLUMN_MAX] = { false };
	size_t before = m->csv.diags->total;
	int r = csv_next(&m->csv, &record), column;

	if (r < 0)
		return r;
	if (r == 0)
		diags_add(m->csv.diags, m->csv.file, 0, 0, "empty: there is no header");
	for (size_t i = 0; r == 1 && i < record.len; i++) {
		column = matrix_column_of(record.fields[i].text);
		if (column < 0)
			add_fault(m, &record.fields[i], "no column of a communication matrix");
		else if (seen[column])
			add_fault(m, &record.fields[i], "a second column of this name");
		else
			seen[column] = true;
		if (column >= 0 && i < MATRIX_COLUMN_MAX)
			m->columns[i] = (enum matrix_column)column;
	}
	for (int i = 0; r == 1 && i < MATRIX_COLUMN_MAX; i++)
		if (!seen[i])
			diags_add(m->csv.diags, m->csv.file, record.line, 1, "no column %s",
				  matrix_column_title((enum matrix_column)i));
	return m->csv.diags->total > before ? -EINVAL : 0;
}

static const struct reg_owner no_owner = { 0 };

/*
 * The entry to which a row belongs, or NULL. If no owner is known, any process may bind:
 * such rows have an entry of their own, which the owners of other rows don't narrow.
 */
static struct reg_row *find_entry(const struct matrix *m, const struct matrix_row *row)
{
	bool owned = !owner_same(&row->owner, &no_owner);

	for (size_t i = 0; i < m->layer->len; i++) {
		struct reg_row *entry = &m->layer->rows[i];

		if (entry->proto == row->proto && entry->first == row->first &&
		    (entry->owners_len > 0) == owned && entry->last == row->last &&
		    strcmp(entry->process, row->process) == 0)
			return entry;
	}
	return NULL;
}

static struct reg_row *add_entry(struct matrix *m, const struct matrix_row *row, unsigned int line)
{
	struct reg_row *entry = layer_add(m->layer, REG_ENTRY, line, 1);

	if (!entry)
		return NULL;
	entry->proto = row->proto;
	entry->first = row->first;
	entry->last = row->last;
	return row_set_text(&entry->process, row->process) < 0 ? NULL : entry;
}

static bool has_owner(const struct reg_row *entry, const struct reg_owner *owner)
{
	for (size_t i = 0; i < entry->owners_len; i++)
		if (owner_same(&entry->owners[i], owner))
			return true;
	return false;
}

static int add_owner(struct matrix *m, struct reg_row *entry, const struct reg_owner *owner,
		     unsigned int line)
{
	if (owner_same(owner, &no_owner) || has_owner(entry, owner))
		return 0;
	if (entry->owners_len == ROW_LIST_MAX) {
		diags_add(m->csv.diags, m->csv.file, line, 1,
			  "more than %d owners of one protocol, port and process", ROW_LIST_MAX);
		return 0;
	}
	return row_add_owner(entry, owner);
}

/* Is a note one of the parts of an entry's? */
static bool has_note(const struct reg_row *entry, const char *note)
{
	size_t n = strlen(note);

	for (const char *at = entry->notes; at; at = strstr(at, "; ")) {
		at += at != entry->notes ? 2 : 0;
		if (strncmp(at, note, n) == 0 && (at[n] == '\0' || at[n] == ';'))
			return true;
	}
	return false;
}

static int add_note(struct matrix *m, struct reg_row *entry, const char *note, unsigned int line)
{
	_cleanup_buf_ struct buf both = { 0 };

	if (has_note(entry, note))
		return 0;
	buf_printf(&both, "%s%s%s", entry->notes ? entry->notes : "", entry->notes ? "; " : "",
		   note);
	if (both.failed)
		return -ENOMEM;
	if (utf8_length(both.data, both.len) <= ROW_LONG_MAX)
		return row_set_text(&entry->notes, both.data);
	diags_add(m->csv.diags, m->csv.file, line, 1,
		  "too many services of one protocol, port and process for its notes");
	return 0;
}

static int add_service(struct matrix *m, struct reg_row *entry, const char *service,
		       unsigned int line)
{
	_cleanup_buf_ struct buf note = { 0 };

	if (!service)
		return 0;
	buf_printf(&note, "service %s", service);
	return note.failed ? -ENOMEM : add_note(m, entry, note.data, line);
}

static int read_record(struct matrix *m, const struct csv_record *record)
{
	_cleanup_matrix_row_ struct matrix_row row = { 0 };
	struct reg_row *entry;
	int r;

	if (record->len != MATRIX_COLUMN_MAX) {
		diags_add(m->csv.diags, m->csv.file, record->line, 1, "%zu fields instead of %d",
			  record->len, MATRIX_COLUMN_MAX);
		return 0;
	}
	r = matrix_row_parse(&m->csv, record, m->columns, m->pools, &row);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	entry = find_entry(m, &row);
	if (!entry)
		entry = add_entry(m, &row, record->line);
	if (!entry)
		return -ENOMEM;
	m->seen[entry - m->layer->rows] |= 1U << row.role | (row.optional ? OPTIONAL : 0);
	r = add_owner(m, entry, &row.owner, record->line);
	return r < 0 ? r : add_service(m, entry, row.service, record->line);
}

static int read_rows(struct matrix *m)
{
	struct csv_record record = { 0 };
	size_t n = 0;
	int r;

	while ((r = csv_next(&m->csv, &record)) != 0) {
		if (r == -ENOMEM)
			return r;
		if (n++ == MATRIX_ROWS_MAX) {
			diags_add(m->csv.diags, m->csv.file, record.line, 1, "more than %d rows",
				  MATRIX_ROWS_MAX);
			return -EINVAL;
		}
		r = r == 1 ? read_record(m, &record) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* What is known of an entry when all rows were read. */
static int finish(struct matrix *m, size_t i)
{
	struct reg_row *row = &m->layer->rows[i];
	unsigned int roles = m->seen[i] & ~OPTIONAL;

	if (roles == 1U << REG_ROLE_CONTROL_PLANE)
		row->role = REG_ROLE_CONTROL_PLANE;
	else if (roles == 1U << REG_ROLE_WORKER)
		row->role = REG_ROLE_WORKER;
	return m->seen[i] & OPTIONAL ? add_note(m, row, "optional", row->line) : 0;
}

int matrix_read(const struct layer_source *source, struct diags *diags,
		struct reg_layer **ret_layer)
{
	_cleanup_(matrix_done) struct matrix m = { 0 };
	size_t before = diags->total;
	int r;

	if (!text_check(source->file, source->text, source->len, diags))
		return -EINVAL;
	m.pools = source->pools;
	m.csv = csv_of(source->file, source->text, source->len, diags);
	m.layer = layer_new(source->file, source->name, source->facts);
	m.seen = calloc(MATRIX_ROWS_MAX, sizeof(*m.seen));
	if (!m.layer || !m.seen)
		return -ENOMEM;
	r = read_header(&m);
	if (r == 0)
		r = read_rows(&m);
	if (r < 0)
		return r;
	if (m.layer->len == 0 && diags->total == before)
		diags_add(diags, source->file, 0, 0, "no rows below the header");
	if (diags->total > before)
		return -EINVAL;
	for (size_t i = 0; i < m.layer->len && r == 0; i++)
		r = finish(&m, i);
	if (r < 0)
		return r;
	if (diags->total > before)
		return -EINVAL;
	*ret_layer = TAKE_PTR(m.layer);
	return 0;
}
