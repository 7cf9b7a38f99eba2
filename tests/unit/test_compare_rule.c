// SPDX-License-Identifier: MIT
#include "compare_cases.h"

#include <stdio.h>

#include "../../bpf/abi.h"

static const struct compare_case cases[] = {
	{ "no page: what a retired row is for",
	  "retired: [{ports: 1, " P "p, application: HTTP, removed: \"4.1\"}]",
	  "retired: [{ports: 1, " P "p, removed: \"4.1\"}]", COMPARE_FILES, COMPARE_FILES,
	  "~ tcp 1 retired p\n    application: HTTP -> -\n0 added, 0 removed, 1 changed, 0 "
	  "moved\n" },
	{ "a page: what an entry is for", "entries: [{ports: 1, " P "p, application: HTTP}]",
	  "entries: [{ports: 1, " P "p}]", COMPARE_FILES, COMPARE_MARKDOWN,
	  "~ tcp 1 p\n    application: HTTP -> -\n0 added, 0 removed, 1 changed, 0 moved\n" },
	/* what a page can't know */
	{ "a page: owners, sources, ranges",
	  "ranges: [{ports: 1, protocol: tcp}]\nentries: [{ports: 80, " P
	  "p, source: s, owners: [{unit: u}]}]\nretired: [{ports: 1, " P
	  "p, application: HTTP, removed: \"4.1\"}]",
	  "entries: [{ports: 80, " P "p}]\nretired: [{ports: 1, " P "p, removed: \"4.1\"}]",
	  COMPARE_FILES, COMPARE_MARKDOWN, NULL },
	{ "a page: the rest it can", "entries: [{ports: 80, " P "p, team: t}]",
	  "entries: [{ports: 80, " P "p}]\nretired: [{ports: 1, " P "p, removed: \"4.1\"}]",
	  COMPARE_MARKDOWN, COMPARE_FILES,
	  "+ tcp 1 retired p\n~ tcp 80 p\n    team: t -> -\n1 added, 0 removed, 1 changed, 0 "
	  "moved\n" },

	/* what a matrix can't know */
	{ "a matrix: localhost, retired, words",
	  "entries: [{ports: 80, " P
	  "p, team: t, since: \"4.1\", notes: n, application: HTTP}, {ports: 81, " P
	  "p, scope: localhost}]\nretired: [{ports: 1, " P "p, removed: \"4.1\"}]",
	  "entries: [{ports: 80, " P "pod}]", COMPARE_FILES, COMPARE_MATRIX, NULL },
	{ "a matrix has no localhost rows", "entries: [{ports: 81, " P "p, scope: localhost}]",
	  "entries: [{ports: 81, " P "p}]", COMPARE_MARKDOWN, COMPARE_MATRIX,
	  "+ tcp 81 p\n1 added, 0 removed, 0 changed, 0 moved\n" },
	{ "a matrix: roles it can", "entries: [{ports: 81, " P "p}]",
	  "entries: [{ports: 81, " P "pod, role: worker}]", COMPARE_MARKDOWN, COMPARE_MATRIX,
	  "~ tcp 81 p\n    role: any -> worker\n0 added, 0 removed, 1 changed, 0 moved\n" },
	{ "a matrix: its owners are covered",
	  "entries: [{ports: 1, " P "p, owners: [{namespace: n}, {pod: x}]}, {ports: 2, " P "p}]",
	  "entries: [{ports: 1, " P
	  "p, owners: [{namespace: n, pod: q-*, container: c}]}, {ports: 2, " P
	  "p, owners: [{unit: u}]}]",
	  COMPARE_FILES, COMPARE_MATRIX, NULL },
	{ "a matrix: its owners are not covered",
	  "entries: [{ports: 1, " P "p, owners: [{namespace: n}]}]",
	  "entries: [{ports: 1, " P "q, owners: [{namespace: m, pod: q-*}]}]", COMPARE_FILES,
	  COMPARE_MATRIX,
	  "~ tcp 1 p\n    owners: n/*/* -> m/q-*/*\n0 added, 0 removed, 1 changed, 0 moved\n" },
	{ "a matrix first", "entries: [{ports: 1, " P "q, owners: [{namespace: n, pod: q-*}]}]",
	  "entries: [{ports: 1, " P "p, owners: [{namespace: n}, {unit: u}]}]", COMPARE_MATRIX,
	  COMPARE_FILES, NULL },
	{ "a matrix: digits tell a move", "entries: [{ports: 9545, " P "haproxy}]",
	  "entries: [{ports: 9454, " P "haproxy}]", COMPARE_MARKDOWN, COMPARE_MATRIX,
	  "~ tcp 9545 -> 9454 haproxy: the same service, digits exchanged\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "a matrix: a pod's name alone does not", "entries: [{ports: 9257, " P "operator}]",
	  "entries: [{ports: 9443, " P "operator}]", COMPARE_MARKDOWN, COMPARE_MATRIX,
	  "- tcp 9257 operator\n+ tcp 9443 operator\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "two matrices know the same", "entries: [{ports: 1, " P "p, notes: optional}]",
	  "entries: [{ports: 1, " P "q, owners: [{unit: u}]}]", COMPARE_MATRIX, COMPARE_MATRIX,
	  "~ tcp 1 p\n    process: p -> q\n    notes: optional -> -\n    owners: - -> unit u\n"
	  "0 added, 0 removed, 1 changed, 0 moved\n" },
};

static void test_cases(void **state)
{
	(void)state;
	check_cases(cases, ARRAY_LEN(cases));
}

#define BIT(field) COMPARE_BIT(ROW_##field)
#define ENTRIES	   (1U << REG_ENTRY)
#define PAGE_KINDS (ENTRIES | 1U << REG_RETIRED)
#define ALL_KINDS  (PAGE_KINDS | 1U << REG_CLIENT | 1U << REG_RANGE | 1U << REG_EXCEPTION)
#define PAGE	   (COMPARE_ALL & ~(BIT(OWNERS) | BIT(SOURCE) | BIT(ESSENTIAL)))
#define BOTH	   (BIT(ROLE) | BIT(PROCESS) | BIT(NOTES) | BIT(OWNERS))

/* Of each pair of forms. */
static void test_rules(void **state)
{
	static const struct {
		enum compare_form a, b;
		struct compare_rule want;
	} rules[] = {
		{ COMPARE_FILES, COMPARE_FILES, { .kinds = ALL_KINDS, .fields = COMPARE_ALL } },
		{ COMPARE_FILES,
		  COMPARE_MARKDOWN,
		  { .kinds = PAGE_KINDS, .fields = PAGE, .page = true } },
		{ COMPARE_MARKDOWN,
		  COMPARE_FILES,
		  { .kinds = PAGE_KINDS, .fields = PAGE, .page = true } },
		{ COMPARE_MARKDOWN,
		  COMPARE_MARKDOWN,
		  { .kinds = PAGE_KINDS, .fields = PAGE, .page = true } },
		{ COMPARE_MATRIX,
		  COMPARE_MATRIX,
		  { .kinds = ENTRIES, .fields = BOTH, .external = true } },
		{ COMPARE_FILES,
		  COMPARE_MATRIX,
		  { .kinds = ENTRIES,
		    .fields = BIT(ROLE),
		    .external = true,
		    .covers = true,
		    .digits_only = true } },
		{ COMPARE_MATRIX,
		  COMPARE_FILES,
		  { .kinds = ENTRIES,
		    .fields = BIT(ROLE),
		    .external = true,
		    .covers = true,
		    .a_is_matrix = true,
		    .digits_only = true } },
		{ COMPARE_MARKDOWN,
		  COMPARE_MATRIX,
		  { .kinds = ENTRIES,
		    .fields = BIT(ROLE),
		    .page = true,
		    .external = true,
		    .digits_only = true } },
		{ COMPARE_MATRIX,
		  COMPARE_MARKDOWN,
		  { .kinds = ENTRIES,
		    .fields = BIT(ROLE),
		    .page = true,
		    .external = true,
		    .a_is_matrix = true,
		    .digits_only = true } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct compare_rule got = compare_rule_of(rules[i].a, rules[i].b);
		const struct compare_rule *want = &rules[i].want;
		char name[16];

		(void)snprintf(name, sizeof(name), "%d and %d", rules[i].a, rules[i].b);
		check_u64(name, got.kinds, want->kinds);
		check_u64(name, got.fields, want->fields);
		check_int(name, got.page, want->page);
		check_int(name, got.external, want->external);
		check_int(name, got.covers, want->covers);
		check_int(name, got.a_is_matrix, want->a_is_matrix);
		check_int(name, got.digits_only, want->digits_only);
	}
}

static void test_takes(void **state)
{
	const struct compare_rule files = compare_rule_of(COMPARE_FILES, COMPARE_FILES);
	const struct compare_rule matrix = compare_rule_of(COMPARE_MATRIX, COMPARE_MATRIX);
	struct reg_row row = { .kind = REG_ENTRY };

	(void)state;
	check_int("an entry", compare_rule_takes(&files, &row), true);
	check_int("an entry", compare_rule_takes(&matrix, &row), true);
	row.scope = HP_SCOPE_LOCALHOST;
	check_int("on localhost", compare_rule_takes(&files, &row), true);
	check_int("on localhost", compare_rule_takes(&matrix, &row), false);
	row.dropped = true;
	check_int("dropped", compare_rule_takes(&files, &row), false);
	for (int kind = 0; kind < REG_KIND_MAX; kind++) {
		row = (struct reg_row) { .kind = (enum reg_kind)kind };
		check_int("its kind", compare_rule_takes(&files, &row), ALL_KINDS >> kind & 1);
		check_int("its kind", compare_rule_takes(&matrix, &row), kind == REG_ENTRY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
