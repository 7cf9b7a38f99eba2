// SPDX-License-Identifier: MIT
#include "matrix.h"

#include <string.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/table.h"
#include "name.h"
#include "number.h"

/* The columns: the figures of a row, in the order in which they came. */
struct columns {
	const struct figure *list[MATRIX_COLUMNS]; /* one of each */
	size_t len;
};

static bool is_of(const struct figure *f, const struct target_row *row)
{
	return strcmp(f->row, row->id) == 0;
}

static void find_columns(const struct results *r, const struct target_row *row, struct columns *c)
{
	for (size_t i = 0; i < r->notes.len; i++) {
		const struct figure *f = &r->notes.list[i];
		bool known = !is_of(f, row) || c->len == MATRIX_COLUMNS;

		for (size_t k = 0; k < c->len && !known; k++)
			known = strcmp(c->list[k]->what, f->what) == 0;
		if (!known)
			c->list[c->len++] = f;
	}
}

/* Is it the first of its instance? */
static bool is_first(const struct results *r, const struct figure *f)
{
	for (const struct figure *g = r->notes.list; g < f; g++)
		if (strcmp(g->row, f->row) == 0 && strcmp(g->instance, f->instance) == 0)
			return false;
	return true;
}

static int add_line(const struct results *r, const struct columns *c, const struct figure *of,
		    struct table *table)
{
	const char *cells[MATRIX_COLUMNS + 1] = { of->instance };
	struct number numbers[MATRIX_COLUMNS];

	for (size_t k = 0; k < c->len; k++)
		for (size_t i = 0; i < r->notes.len; i++) {
			const struct figure *f = &r->notes.list[i];

			if (strcmp(f->row, of->row) != 0 ||
			    strcmp(f->instance, of->instance) != 0 ||
			    strcmp(f->what, c->list[k]->what) != 0)
				continue;
			numbers[k] = number(f->value);
			cells[k + 1] = numbers[k].text;
		}
	return table_add(table, cells);
}

int matrix_print(const struct results *r, const struct target_row *row, FILE *out)
{
	_cleanup_(table_freep) struct table *table = NULL;
	struct table_column columns[MATRIX_COLUMNS + 1] = { { .name = row->id } };
	struct name heads[MATRIX_COLUMNS];
	struct columns c = { 0 };
	int e;

	find_columns(r, row, &c);
	if (!c.len)
		return 0;
	for (size_t k = 0; k < c.len; k++) {
		heads[k] = name("%s, %s", c.list[k]->what, c.list[k]->unit);
		columns[k + 1] = (struct table_column) { .name = heads[k].text, .right = true };
	}
	e = table_new(columns, c.len + 1, &table);
	for (size_t i = 0; i < r->notes.len && e == 0; i++)
		if (is_of(&r->notes.list[i], row) && is_first(r, &r->notes.list[i]))
			e = add_line(r, &c, &r->notes.list[i], table);
	if (e == 0)
		(void)fprintf(out, "\n%s\n", row->title);
	return e == 0 ? table_print(table, out) : e;
}
