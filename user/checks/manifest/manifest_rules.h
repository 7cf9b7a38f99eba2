/* SPDX-License-Identifier: MIT */
/* The rules of `check`. Pure. */
#pragma once

#include "../finding.h"

enum manifest_rule {
	RULE_UNREGISTERED,
	RULE_RETIRED,
	RULE_INACTIVE,
	RULE_WRONG_OWNER,
	RULE_LOCALHOST_ONLY,
	RULE_OUTSIDE_RANGE,
	RULE_UNDECLARED_PORT,
	RULE_UNDECLARED_ARGUMENT,
	RULE_UNDECLARED_VARIABLE,
	RULE_CONFLICT,
	RULE_POSSIBLE_CONFLICT,
	RULE_NODE_PORT,
	RULE_ENDLESS_ROLLOUT,
	RULE_POSSIBLE_ENDLESS_ROLLOUT,
	RULE_INVALID_PORT,
	RULE_BAD_ANNOTATION,
	RULE_TEMPLATE,
	RULE_BROKEN,
	RULE_MAX,
};

/* All of them, by their number. */
const struct rules *manifest_rules(void);

const struct rule *manifest_rule(enum manifest_rule rule);
