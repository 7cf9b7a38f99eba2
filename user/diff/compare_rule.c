// SPDX-License-Identifier: MIT
#include "compare_rule.h"

#include "../../bpf/abi.h"
#include "../policy/owner.h"

/*
 * A matrix says which pods of one cluster have which ports open. Its process is the name
 * of a pod, so only two matrices compare processes. What the other side allows beyond a
 * matrix is no difference: the matrix does not deny it.
 */
struct compare_rule compare_rule_of(enum compare_form a, enum compare_form b)
{
	struct compare_rule rule = {
		.kinds = 1U << REG_ENTRY | 1U << REG_RETIRED | 1U << REG_CLIENT | 1U << REG_RANGE |
			 1U << REG_EXCEPTION,
		.fields = COMPARE_ALL,
	};

	if (a == COMPARE_MARKDOWN || b == COMPARE_MARKDOWN) {
		rule.page = true;
		rule.kinds = 1U << REG_ENTRY | 1U << REG_RETIRED;
		rule.fields &= ~(COMPARE_BIT(ROW_OWNERS) | COMPARE_BIT(ROW_SOURCE) |
				 COMPARE_BIT(ROW_ESSENTIAL));
	}
	if (a != COMPARE_MATRIX && b != COMPARE_MATRIX)
		return rule;
	rule.kinds = 1U << REG_ENTRY;
	rule.external = true;
	rule.fields = COMPARE_BIT(ROW_ROLE);
	if (a == b) {
		rule.fields |=
			COMPARE_BIT(ROW_PROCESS) | COMPARE_BIT(ROW_NOTES) | COMPARE_BIT(ROW_OWNERS);
	} else {
		rule.digits_only = true;
		rule.covers = a != COMPARE_MARKDOWN && b != COMPARE_MARKDOWN;
		rule.a_is_matrix = a == COMPARE_MATRIX;
	}
	return rule;
}

bool compare_rule_takes(const struct compare_rule *rule, const struct reg_row *row)
{
	return rule->kinds & 1U << row->kind && !row->dropped &&
	       (!rule->external || row->scope == HP_SCOPE_EXTERNAL);
}

int compare_rule_rows(const struct compare_rule *rule, const struct reg_row *a,
		      const struct reg_row *b, unsigned int *ret_fields)
{
	unsigned int fields = rule->fields;
	int r;

	if (a->kind == REG_RETIRED && rule->page)
		fields &= ~(COMPARE_BIT(ROW_APPLICATION));
	r = compare_fields(a, b, fields, &fields);
	if (r < 0)
		return r;
	if (rule->covers && !owner_row_covers(rule->a_is_matrix ? b : a, rule->a_is_matrix ? a : b))
		fields |= COMPARE_BIT(ROW_OWNERS);
	*ret_fields = fields;
	return 0;
}
