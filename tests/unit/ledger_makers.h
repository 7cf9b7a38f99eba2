/* SPDX-License-Identifier: MIT */
/* Ledgers, events and policies for the tests of the ledger. */
#pragma once

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
