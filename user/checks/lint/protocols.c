// SPDX-License-Identifier: MIT
/* The same process on the same port in two protocols. */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "lint_context.h"

struct named {
	const struct reg_row *row;
	uint32_t i; /* its number among the entries */
};

static int compare_names(const struct reg_row *a, const struct reg_row *b)
{
	if (a->first != b->first)
		return a->first - b->first;
	if (a->last != b->last)
		return a->last - b->last;
	return strcasecmp(a->process, b->process);
}

static int compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = compare_names(x->row, y->row);

	return order ? order : x->i < y->i ? -1 : x->i > y->i;
}

static void report(struct lint *lint, uint32_t later, uint32_t earlier)
{
	const struct lint_row *at = &lint->entries.items[later],
			      *first = &lint->entries.items[earlier];
	const struct lint_subject other = lint_row_subject(first);
	struct finding *finding;

	finding =
		lint_add_finding(lint, LINT_TWO_PROTOCOLS, at, &other, "%s is %s at %s:%u as well",
				 lint_row_name(at->row).text, lint_row_name(first->row).text,
				 first->layer->path, first->row->line);
	finding_suggest(finding, "if it speaks one of them only, leave the other out");
}

int lint_protocols(struct lint *lint)
{
	_cleanup_free_ struct named *named = calloc(lint->entries.len + 1, sizeof(*named));

	if (!named)
		return -ENOMEM;
	for (uint32_t i = 0; i < lint->entries.len; i++)
		named[i] = (struct named) { lint->entries.items[i].row, i };
	qsort(named, lint->entries.len, sizeof(*named), compare);
	for (size_t i = 1; i < lint->entries.len; i++)
		if (compare_names(named[i - 1].row, named[i].row) == 0 &&
		    named[i - 1].row->proto != named[i].row->proto)
			report(lint, named[i].i, named[i - 1].i);
	return 0;
}
