// SPDX-License-Identifier: MIT
#include "table_fit.h"

#include <stdbool.h>

/* What the columns that are shown take, each cut as far as it can be. */
static size_t least_of(const struct table_fit_column *columns, size_t len)
{
	size_t sum = 0, shown = 0;

	for (size_t i = 0; i < len; i++) {
		if (!columns[i].width)
			continue;
		sum += columns[i].least;
		shown++;
	}
	return sum + (shown ? shown - 1 : 0);
}

static size_t sum_of(const struct table_fit_column *columns, size_t len)
{
	size_t sum = 0, shown = 0;

	for (size_t i = 0; i < len; i++) {
		sum += columns[i].width;
		shown += columns[i].width != 0;
	}
	return sum + (shown ? shown - 1 : 0);
}

/* False: none may be left out any more. */
static bool drop_one(struct table_fit_column *columns, size_t len)
{
	struct table_fit_column *first = NULL;

	for (size_t i = 0; i < len; i++)
		if (columns[i].width && columns[i].drop &&
		    (!first || columns[i].drop >= first->drop))
			first = &columns[i];
	if (first)
		first->width = 0;
	return first;
}

/* False: none can be cut any more. */
static bool cut_widest(struct table_fit_column *columns, size_t len)
{
	struct table_fit_column *widest = NULL;

	for (size_t i = 0; i < len; i++)
		if (columns[i].width > columns[i].least &&
		    (!widest || columns[i].width > widest->width))
			widest = &columns[i];
	if (widest)
		widest->width--;
	return widest;
}

void table_fit(struct table_fit_column *columns, size_t len, size_t width)
{
	for (size_t i = 0; i < len; i++)
		columns[i].width = columns[i].natural;
	while (least_of(columns, len) > width && drop_one(columns, len))
		;
	while (sum_of(columns, len) > width && cut_widest(columns, len))
		;
}
