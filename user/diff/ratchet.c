// SPDX-License-Identifier: MIT
#include "ratchet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/owner.h"
#include "compare.h"

enum {
	RULE_EXCEPTION,
	RULE_ACCEPTED,
	RULE_VIOLATION,
	RULE_MAX,
};

static const struct rule rules[RULE_MAX] = {
	[RULE_EXCEPTION] = { "more-exceptions", SEVERITY_ERROR, NULL,
			     "An exception lets through what none did before",
			     "Exceptions are for what was there before the registry. Register the "
			     "port, or let the process take a registered one." },
	[RULE_ACCEPTED] = { "more-accepted", SEVERITY_ERROR, NULL,
			    "More findings of a rule are accepted than before",
			    "Correct the row instead of accepting the finding." },
	[RULE_VIOLATION] = { "more-violations", SEVERITY_ERROR, NULL,
			     "There are more findings of a rule than before",
			     "Correct the row: hostportctl registry lint says how." },
};

const struct rules *ratchet_rules(void)
{
	static const struct rules all = { rules, RULE_MAX };

	return &all;
}

/* ---- exceptions ---------------------------------------------------------------------------- */
/* Does it let through any process, or one that the other one doesn't? */
static bool has_more_owners(const struct reg_row *from, const struct reg_row *to)
{
	return to->owners_len ? !owner_row_covers(from, to) : from->owners_len > 0;
}

/* Does it let through what the other one, of the same ports, does not? */
static bool is_wider(const struct reg_row *from, const struct reg_row *to)
{
	return from->cls != to->cls || reg_date_compare(from->until, to->until) < 0 ||
	       has_more_owners(from, to);
}

static bool has_grown(const struct difference *d)
{
	if (!d->to || d->to->kind != REG_EXCEPTION)
		return false;
	return d->type != DIFFERENCE_CHANGED || is_wider(d->from, d->to);
}

static void add_exception(const struct difference *d, struct findings *findings)
{
	const struct reg_row *row = d->to;
	bool moved = d->type == DIFFERENCE_MOVED;
	uint16_t first = moved ? d->to_first : d->first, last = moved ? d->to_last : d->last;
	_cleanup_buf_ struct buf what = { 0 };
	struct finding *f;

	buf_printf(&what, "%s ", word_proto(row->proto));
	reg_ports_put(first, last, &what);
	findings->failed |= what.failed;
	if (what.failed)
		return;
	f = findings_add(findings, &rules[RULE_EXCEPTION], d->to_layer->path, row->line,
			 row->column, "%s of %s: class %s, until %s",
			 d->type == DIFFERENCE_CHANGED ? "more is let through by the exception" :
							 "a new exception",
			 what.data, word_class(row->cls), row->until_text);
	finding_set_port(f, row->proto, first);
}

static int add_exceptions(const struct registry *from, const struct registry *to,
			  struct findings *findings)
{
	_cleanup_differences_ struct differences differences = { 0 };
	int r = compare(&(struct compare_side) { from, COMPARE_FILES },
			&(struct compare_side) { to, COMPARE_FILES }, &differences);

	for (size_t i = 0; r == 0 && i < differences.len; i++)
		if (has_grown(&differences.items[i]))
			add_exception(&differences.items[i], findings);
	return r;
}

/* ---- findings of lint ---------------------------------------------------------------------- */
/* Findings of one rule, protocol and port are alike; those of no port have their message. */
static int compare_findings(const struct finding *a, const struct finding *b)
{
	int order = strcmp(a->rule->id, b->rule->id);

	if (!order)
		order = (int)a->proto - (int)b->proto;
	if (!order)
		order = (int)a->port - (int)b->port;
	return order || a->port ? order : strcmp(a->message, b->message);
}

static int by_kind(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;
	int order = compare_findings(*x, *y);

	if (!order)
		order = strcmp((*x)->file, (*y)->file);
	return order ? order : (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
}

struct sorted {
	const struct finding **items;
	size_t len;
};

static void sorted_done(struct sorted *sorted)
{
	free(sorted->items);
}

/* Warnings and errors; of accepted ones only, or of all. */
static int sort(const struct findings *findings, bool accepted, struct sorted *ret)
{
	ret->items = calloc(findings->len + 1, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	for (size_t i = 0; i < findings->len; i++)
		if (findings->items[i].rule->severity > SEVERITY_NOTE &&
		    (!accepted || findings->items[i].accepted))
			ret->items[ret->len++] = &findings->items[i];
	qsort(ret->items, ret->len, sizeof(*ret->items), by_kind);
	return 0;
}

static void add_finding(const struct finding *grown, bool accepted, struct findings *findings)
{
	const struct rule *rule = &rules[accepted ? RULE_ACCEPTED : RULE_VIOLATION];
	struct finding *f = findings_add(findings, rule, grown->file, grown->line, grown->column,
					 "%s: %s", grown->rule->id, grown->message);

	if (grown->port)
		finding_set_port(f, grown->proto, grown->port);
}

/* Of those that are alike, what the second list has more than the first; the last ones count. */
static void add_more(const struct sorted *from, const struct sorted *to, bool accepted,
		     struct findings *findings)
{
	size_t at = 0, end;

	for (size_t i = 0; i < to->len; i = end) {
		size_t before = 0;

		for (end = i; end < to->len && compare_findings(to->items[i], to->items[end]) == 0;)
			end++;
		while (at < from->len && compare_findings(from->items[at], to->items[i]) < 0)
			at++;
		for (; at < from->len && compare_findings(from->items[at], to->items[i]) == 0; at++)
			before++;
		/* What is not accepted any more is no more than before. */
		for (size_t k = i + before; k < end; k++)
			if (accepted || !to->items[k]->accepted)
				add_finding(to->items[k], accepted, findings);
	}
}

static int add_findings(const struct findings *from, const struct findings *to, bool accepted,
			struct findings *findings)
{
	_cleanup_(sorted_done) struct sorted a = { 0 }, b = { 0 };
	int r = sort(from, accepted, &a);

	if (r == 0)
		r = sort(to, accepted, &b);
	if (r == 0)
		add_more(&a, &b, accepted, findings);
	return r;
}

int ratchet(const struct registry *from, const struct registry *to, const struct lint_facts *facts,
	    struct findings *ret)
{
	_cleanup_findings_ struct findings before = { 0 }, after = { 0 };
	int r = add_exceptions(from, to, ret);

	if (r == 0)
		r = lint_registry(from, facts, &before);
	if (r == 0)
		r = lint_registry(to, facts, &after);
	if (r == 0)
		r = add_findings(&before, &after, true, ret);
	if (r == 0)
		r = add_findings(&before, &after, false, ret);
	if (r == 0 && ret->failed)
		r = -ENOMEM;
	findings_sort(ret);
	return r;
}
