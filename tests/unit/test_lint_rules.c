// SPDX-License-Identifier: MIT
/* The table of rules, and that each of them finds something. */
#include "lint_rows.h"

/* A registry with a finding of each rule. */
static const char *const shown_by[LINT_RULE_MAX] = {
	[LINT_OUTSIDE_DOCUMENTED_RANGE] = GENERAL ENTRIES(TCP("80", "")),
	[LINT_LOCALHOST_IN_RANGE] = GENERAL ENTRIES(TCP("9000", LOCALHOST)),
	[LINT_IN_EPHEMERAL_RANGE] = ENTRIES(TCP("40000", "")),
	[LINT_IN_NODEPORT_RANGE] = ENTRIES(TCP("30000", "")),
	[LINT_NOTES_CONTRADICT_COLUMNS] = ENTRIES(TCP("1", NOTES("localhost only"))),
	[LINT_OVERLAP] = ENTRIES(TCP("1", "") TCP("1", WORKER)),
	[LINT_REUSED_AFTER_RETIREMENT] = RETIRED("1") "\n" ENTRIES(TCP("1", "")),
	[LINT_TRANSPOSED_DIGITS] = ENTRIES(TCP("12", "") TCP("21", "")),
	[LINT_OWNER_NEVER_MATCHES] = ENTRIES(TCP("1", ", owners: [{pod: A}]")),
	[LINT_EXPIRED_EXCEPTION] = "exceptions: [{ports: 1, protocol: tcp, class: scope, until: "
				   "2020-01-01, reason: r}]",
	[LINT_EXCEPTION_WITHOUT_EFFECT] = "exceptions: [{ports: 1, protocol: tcp, class: scope, "
					  "until: 2099-01-01, reason: r}]",
	[LINT_UNUSED_ACCEPT] = "accept: [{rule: overlap, reason: r}]",
	[LINT_UNKNOWN_RULE] = "accept: [{rule: overlooked, reason: r}]",
	[LINT_UNKNOWN_LAYER] = "accept: [{rule: overlap, layer: u, reason: r}]",
	[LINT_CLIENT_OVER_ENTRY] = ENTRIES(TCP("1", "")) "\nclients: [{protocol: tcp, ports: 1-2, "
							 "process: q, owners: [{exe: /q}]}]",
	[LINT_TWO_PROTOCOLS] = ENTRIES(TCP("1", "") UDP("1", "")),
	[LINT_UNSORTED] = ENTRIES(TCP("2", "") TCP("1", "")),
	[LINT_MISSING_TEAM] = ENTRIES(TCP("1", "")),
	[LINT_MISSING_SINCE] = ENTRIES(TCP("1", "")),
	[LINT_UNCLEAR_NOTES] = ENTRIES(TCP("1", NOTES("?"))),
};

static void test_each_rule_finds(void **state)
{
	(void)state;
	for (int i = 0; i < LINT_RULE_MAX; i++) {
		const struct rule *rule = lint_rule((enum lint_rule)i);
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_findings_ struct findings findings = { 0 };
		size_t found = 0;

		assert_non_null(shown_by[i]);
		reg = registry_of_lists(shown_by[i]);
		assert_int_equal(lint_registry(reg, &lint_today, &findings), 0);
		for (size_t j = 0; j < findings.len; j++)
			found += findings.items[j].rule == rule;
		check_u64(rule->id, found, 1);
	}
}

static bool is_id(const char *id)
{
	return *id && !id[strspn(id, "abcdefghijklmnopqrstuvwxyz-")];
}

/* Each rule has its id, its sentence and its help; ids are not given twice. */
static void test_table(void **state)
{
	const struct rules *rules = lint_rules();

	(void)state;
	check_u64("rules", rules->len, LINT_RULE_MAX);
	for (size_t i = 0; i < rules->len; i++) {
		const struct rule *rule = &rules->items[i];

		assert_ptr_equal(rule, lint_rule((enum lint_rule)i));
		assert_ptr_equal(rule, rules_find(rules, rule->id));
		check_int(rule->id, is_id(rule->id), true);
		check_int(rule->id, rule->summary[strlen(rule->summary) - 1] != '.', true);
		check_int(rule->id, rule->help[strlen(rule->help) - 1], '.');
	}
}

/* Scripts wait for errors: which rules are ones does not change by the way. */
static void test_severities(void **state)
{
	static const enum lint_rule errors[] = { LINT_EXPIRED_EXCEPTION, LINT_UNKNOWN_RULE };
	static const enum lint_rule notes[] = {
		LINT_UNKNOWN_LAYER, LINT_CLIENT_OVER_ENTRY, LINT_TWO_PROTOCOLS, LINT_UNSORTED,
		LINT_MISSING_TEAM,  LINT_MISSING_SINCE,	    LINT_UNCLEAR_NOTES,
	};
	enum severity want[LINT_RULE_MAX];

	(void)state;
	for (int i = 0; i < LINT_RULE_MAX; i++)
		want[i] = SEVERITY_WARNING;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		want[errors[i]] = SEVERITY_ERROR;
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		want[notes[i]] = SEVERITY_NOTE;
	for (int i = 0; i < LINT_RULE_MAX; i++)
		check_int(lint_rule((enum lint_rule)i)->id, lint_rule((enum lint_rule)i)->severity,
			  want[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_rule_finds),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_severities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
