/* SPDX-License-Identifier: MIT */
/* The rules of `registry lint`: what docs/hostportctl-registry.8.scd lists. Pure. */
#pragma once

#include "../finding.h"

enum lint_rule {
	LINT_OUTSIDE_DOCUMENTED_RANGE,
	LINT_LOCALHOST_IN_RANGE,
	LINT_IN_EPHEMERAL_RANGE,
	LINT_IN_NODEPORT_RANGE,
	LINT_NOTES_CONTRADICT_COLUMNS,
	LINT_OVERLAP,
	LINT_REUSED_AFTER_RETIREMENT,
	LINT_TRANSPOSED_DIGITS,
	LINT_OWNER_NEVER_MATCHES,
	LINT_EXPIRED_EXCEPTION,
	LINT_EXCEPTION_WITHOUT_EFFECT,
	LINT_UNUSED_ACCEPT,
	LINT_UNKNOWN_RULE,
	LINT_UNKNOWN_LAYER,
	LINT_TWO_PROTOCOLS,
	LINT_UNSORTED,
	LINT_MISSING_TEAM,
	LINT_MISSING_SINCE,
	LINT_UNCLEAR_NOTES,
	LINT_RULE_MAX,
};

/* By enum lint_rule. */
const struct rules *lint_rules(void);
const struct rule *lint_rule(enum lint_rule rule);
