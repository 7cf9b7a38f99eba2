/* SPDX-License-Identifier: MIT */
/* Ledgers, events and policies for the tests of the ledger. */
#pragma once

#include <stdio.h>

#include "violation_events.h"

#include "../../user/violations/ledger.h"
#include "registry_cases.h"

#define ALL_CLASSES (~0U)

static inline struct ledger *new_ledger(void)
{
	struct ledger *ledger = NULL;

	assert_int_equal(ledger_new(&ledger), 0);
	return ledger;
}

/* An event is large. */
static inline struct event *new_event(time_t second, uint64_t count)
{
	struct event *e = malloc(sizeof(*e));

	assert_non_null(e);
	violation_event(e, second, count);
	return e;
}

static inline struct policy *new_policy(const char *lists)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);
	const struct node_facts facts = { .today = { 2026, 11, 22 } };
	struct policy *policy = NULL;

	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	return policy;
}

/* How many violations of those classes were forgotten? `enforceable`: and of those only. */
static inline uint64_t forgotten(const struct ledger *ledger, uint32_t classes, bool enforceable)
{
	_cleanup_(policy_freep) struct policy *empty = new_policy("");
	const struct ledger_filter filter = {
		.policy = empty,
		.classes = classes,
		.enforceable = enforceable,
	};
	_cleanup_impact_ struct impact impact = { 0 };

	assert_int_equal(ledger_select(ledger, &filter, &impact), 0);
	assert_int_equal(impact.len, 0); /* of no verdict */
	return impact.forgotten;
}

/* What the ledger has: the last three entries, how many, and their violations. */
struct found {
	struct ledger_entry last[3];
	size_t len;
	uint64_t count;
};

static inline struct found look(const struct ledger *ledger)
{
	const struct ledger_entry *entry = NULL;
	struct found found = { 0 };

	while ((entry = ledger_next(ledger, entry))) {
		if (found.len < ARRAY_LEN(found.last))
			found.last[found.len] = *entry;
		found.len++;
		found.count += entry->row.count;
	}
	return found;
}

/* Another workload's violation, of the same port as the last. */
static inline void set_workload(struct event *e, unsigned int number)
{
	static char cgroup[64];

	(void)snprintf(cgroup, sizeof(cgroup), "/system.slice/%u.service", number);
	move_to_cgroup(e, cgroup);
}

/* Note one violation of each of so many workloads. */
static inline void note_workloads(struct ledger *ledger, struct event *e, unsigned int n,
				  unsigned int flags)
{
	for (unsigned int i = 0; i < n; i++) {
		set_workload(e, i);
		(void)ledger_note(ledger, e, flags);
	}
}
