// SPDX-License-Identifier: MIT
/* Exceptions that have ended, or that nothing can need. */
#include <errno.h>
#include <stdlib.h>

#include "../../registry/words.h"
#include "port_coverage.h"
#include "lint_context.h"

/* What rows say of a port, whatever the node. */
enum said {
	SAID_ENTRY,	    /* there is an entry */
	SAID_RETIRED,	    /* a retired row */
	SAID_ALWAYS,	    /* an entry that holds on every node */
	SAID_ALWAYS_ANYONE, /* such a one for all addresses */
	SAID_LOCALHOST,	    /* a row for localhost only */
	SAID_OWNERS,	    /* a row with owners */
	SAID_MAX,
};

struct said_of {
	struct port_coverage by[SAID_MAX];
};

/* Ports of a protocol on which a class of violation can be seen. */
struct possible {
	struct port_coverage by[HP_CLASS_MAX];
};

static void put(struct said_of *said, const struct reg_row *row)
{
	bool entry = row->kind == REG_ENTRY;
	bool always = entry && row->role == REG_ROLE_ANY && !row->platforms_len && !row->since_text;
	const bool holds[] = {
		[SAID_ENTRY] = entry,
		[SAID_RETIRED] = !entry,
		[SAID_ALWAYS] = always,
		[SAID_ALWAYS_ANYONE] = always && row->scope == HP_SCOPE_EXTERNAL,
		[SAID_LOCALHOST] = row->scope == HP_SCOPE_LOCALHOST,
		[SAID_OWNERS] = row->owners_len > 0,
	};

	_Static_assert(ARRAY_LEN(holds) == SAID_MAX, "a value for each thing said");
	for (int i = 0; i < SAID_MAX; i++)
		if (holds[i])
			port_coverage_add(&said->by[i], row->first, row->last);
}

static void collect(const struct lint *lint, uint8_t proto, uint16_t last, struct said_of *said)
{
	for (size_t i = 0; i < lint->entries_len; i++)
		if (lint->entries[i].row->proto == proto)
			put(said, lint->entries[i].row);
	for (size_t i = 0; i < lint->retired_len; i++)
		if (lint->retired[i].row->proto == proto)
			put(said, lint->retired[i].row);
	for (int i = 0; i < SAID_MAX; i++)
		port_coverage_close(&said->by[i], last);
}

/* Can some node see a violation of the class on the port? */
static bool can_be(const bool said[SAID_MAX], int cls)
{
	switch (cls) {
	case HP_CLASS_UNREGISTERED:
		return !said[SAID_ENTRY] && !said[SAID_RETIRED];
	case HP_CLASS_RETIRED:
		return said[SAID_RETIRED] && !said[SAID_ENTRY];
	case HP_CLASS_INACTIVE:
		return (said[SAID_ENTRY] || said[SAID_RETIRED]) && !said[SAID_ALWAYS];
	case HP_CLASS_SCOPE:
		return said[SAID_LOCALHOST] && !said[SAID_ALWAYS_ANYONE];
	case HP_CLASS_OWNER:
		return said[SAID_OWNERS];
	case HP_CLASS_UNDECLARED:
		return true;
	default: /* ephemeral: a port that is not chosen yet has no exception */
		return false;
	}
}

static void find_possible(const struct said_of *said, uint16_t last, struct possible *ret)
{
	for (uint32_t port = 1; port <= last; port++) {
		bool here[SAID_MAX];

		for (int i = 0; i < SAID_MAX; i++)
			here[i] = port_coverage_has(&said->by[i], (uint16_t)port);
		for (int cls = HP_CLASS_UNREGISTERED; cls < HP_CLASS_MAX; cls++)
			if (can_be(here, cls))
				port_coverage_add(&ret->by[cls], (uint16_t)port, (uint16_t)port);
	}
	for (int cls = 0; cls < HP_CLASS_MAX; cls++)
		port_coverage_close(&ret->by[cls], last);
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
	if (port_coverage_count(&possible->by[row->cls], row->first, row->last) > 0)
		return;
	finding = lint_add_finding(
		lint, LINT_EXCEPTION_WITHOUT_EFFECT, at, NULL,
		"the exception of %s is for class %s, which these layers do not bring",
		lint_row_name(row).text, word_class(row->cls));
	finding_suggest(finding,
			"leave it out, or name the class that `hostportctl explain` shows");
}

static uint16_t last_port(const struct lint_row *exceptions, size_t n)
{
	uint16_t last = 0;

	for (size_t i = 0; i < n; i++)
		if (exceptions[i].row->last > last)
			last = exceptions[i].row->last;
	return last;
}

/* One protocol at a time, and only those that have exceptions: this is the costly part. */
static int check_proto(struct lint *lint, uint8_t proto, const struct lint_row *exceptions,
		       size_t n)
{
	_cleanup_free_ struct said_of *said = NULL;
	_cleanup_free_ struct possible *possible = NULL;
	uint16_t last = last_port(exceptions, n);

	for (size_t i = 0; i < n; i++) {
		if (exceptions[i].row->proto != proto)
			continue;
		if (!possible) {
			said = calloc(1, sizeof(*said));
			possible = calloc(1, sizeof(*possible));
			if (!said || !possible)
				return -ENOMEM;
			collect(lint, proto, last, said);
			find_possible(said, last, possible);
		}
		check(lint, possible, &exceptions[i]);
	}
	return 0;
}

int lint_exceptions(struct lint *lint)
{
	_cleanup_free_ struct lint_row *exceptions = NULL;
	size_t rows = 0, n = 0;
	int r = 0;

	for (size_t l = 0; l < lint->reg->len; l++)
		rows += lint->reg->layers[l].len;
	exceptions = calloc(rows + 1, sizeof(*exceptions));
	if (!exceptions)
		return -ENOMEM;
	for (size_t l = 0; l < lint->reg->len; l++) {
		const struct reg_layer *layer = &lint->reg->layers[l];

		for (size_t i = 0; i < layer->len; i++)
			if (layer->rows[i].kind == REG_EXCEPTION)
				exceptions[n++] = (struct lint_row) { layer, &layer->rows[i] };
	}
	for (uint8_t proto = 0; r == 0 && proto < HP_PROTO_MAX; proto++)
		r = check_proto(lint, proto, exceptions, n);
	return r;
}
