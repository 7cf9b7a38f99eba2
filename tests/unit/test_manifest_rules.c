// SPDX-License-Identifier: MIT
#include "manifest_cases.h"

/* Each rule has its id, its sentence and its help; ids are not given twice. */
static void test_table(void **state)
{
	const struct rules *rules = manifest_rules();

	(void)state;
	check_int("rules", (long long)rules->len, RULE_MAX);
	for (size_t i = 0; i < rules->len; i++) {
		const struct rule *rule = &rules->items[i];

		check_int(rule->id, rules_find(rules, rule->id) == rule, true);
		check_int(rule->id, rule->summary && rule->help && !strchr(rule->id, '.'), true);
		check_int(rule->id, rule->severity == SEVERITY_NOTE,

			  strncmp(rule->id, "possible-", 9) == 0 || i == RULE_UNDECLARED_VARIABLE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
