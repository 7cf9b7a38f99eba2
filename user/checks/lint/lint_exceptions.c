// SPDX-License-Identifier: MIT
/* Exceptions that have ended, or that no violation can need. */
#include <errno.h>
#include <stdlib.h>

#include "../../base/portset.h"
#include "../../registry/words.h"
#include "lint_context.h"

/* Ports of a protocol by the rows that name them, on whatever node. */
struct said {
	struct portset entry;	      /* there is an entry */
	struct portset retired;	      /* a retired row */
	struct portset always;	      /* an entry that holds on every node */
	struct portset always_anyone; /* such an entry for all addresses */
	struct portset localhost;     /* a row for localhost only */
	struct portset owned;	      /* a row with owners */
};

/* Ports on which some node can see a violation of a class. */
struct possible {
	struct portset by[HP_PROTO_MAX][HP_CLASS_MAX];
};

static void add_row(struct said *said, const struct reg_row *row)
{
	bool entry = row->kind == REG_ENTRY;
	bool always = entry && row->role == REG_ROLE_ANY && !row->platforms_len && !row->since_text;

	portset_add_range(entry ? &said->entry : &said->retired, row->first, row->last);
	if (always)
		portset_add_range(&said->always, row->first, row->last);
	if (always && row->scope == HP_SCOPE_EXTERNAL)
		portset_add_range(&said->always_anyone, row->first, row->last);
	if (row->scope == HP_SCOPE_LOCALHOST)
		portset_add_range(&said->localhost, row->first, row->last);
	if (row->owners_len)
		portset_add_range(&said->owned, row->first, row->last);
}

static void add_rows(struct said *said, const struct lint_rows *rows, uint8_t proto)
{
	for (size_t i = 0; i < rows->len; i++)
		if (rows->items[i].row->proto == proto)
			add_row(said, rows->items[i].row);
}

/* A port that the kernel still has to choose has no exception: class ephemeral stays empty. */
static void find_possible(const struct said *said, struct portset possible[HP_CLASS_MAX])
{
	struct portset *set = &possible[HP_CLASS_UNREGISTERED];

	portset_add_range(set, 1, UINT16_MAX);
	portset_subtract(set, &said->entry);
	portset_subtract(set, &said->retired);

	set = &possible[HP_CLASS_RETIRED];
	*set = said->retired;
	portset_subtract(set, &said->entry);

	set = &possible[HP_CLASS_INACTIVE];
	*set = said->entry;
	portset_unite(set, &said->retired);
	portset_subtract(set, &said->always);

	set = &possible[HP_CLASS_SCOPE];
	*set = said->localhost;
	portset_subtract(set, &said->always_anyone);

	possible[HP_CLASS_OWNER] = said->owned;
	portset_add_range(&possible[HP_CLASS_UNDECLARED], 1, UINT16_MAX);
}

static void check(struct lint *lint, const struct possible *possible, const struct lint_row *at)
{
	const struct reg_row *row = at->row;
	struct finding *finding;

	if (reg_date_compare(row->until, lint->facts->today) < 0) {
		finding = lint_add_finding(lint, LINT_EXPIRED_EXCEPTION, at, NULL,
					   "the exception of %s for class %s ended on %s",
					   lint_row_name(row).text, word_class(row->cls),
					   row->until_text);
		finding_suggest(finding, "leave it out, or set a later day");
		return;
	}
	if (portset_count_range(&possible->by[row->proto][row->cls], row->first, row->last) > 0)
		return;
	finding = lint_add_finding(
		lint, LINT_EXCEPTION_WITHOUT_EFFECT, at, NULL,
		"the exception of %s is for class %s, which these layers do not bring",
		lint_row_name(row).text, word_class(row->cls));
	finding_suggest(finding,
			"leave it out, or name the class that `hostportctl explain` shows");
}

int lint_exceptions(struct lint *lint)
{
	const struct lint_rows *exceptions = &lint->exceptions;
	_cleanup_free_ struct possible *possible = NULL;
	_cleanup_free_ struct said *said = NULL;

	if (!exceptions->len)
		return 0;
	possible = calloc(1, sizeof(*possible));
	said = calloc(HP_PROTO_MAX, sizeof(*said));
	if (!possible || !said)
		return -ENOMEM;
	for (uint8_t proto = 0; proto < HP_PROTO_MAX; proto++) {
		add_rows(&said[proto], &lint->entries, proto);
		add_rows(&said[proto], &lint->retired, proto);
		find_possible(&said[proto], possible->by[proto]);
	}
	for (size_t i = 0; i < exceptions->len; i++)
		check(lint, possible, &exceptions->items[i]);
	return 0;
}
