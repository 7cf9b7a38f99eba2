// SPDX-License-Identifier: MIT
/* Findings about manifests, and which annotations accept them. */
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/checks/manifest/manifest_finding.h"

static const struct place place = { .file = "f", .line = 3, .column = 4, .path = "$.a" };

static void test_members(void **state)
{
	static const struct place file = { .file = "f" };
	_cleanup_findings_ struct findings findings = { 0 };
	struct finding *f;

	(void)state;
	f = manifest_add_finding(&findings, RULE_CONFLICT, &place, NULL, NULL, HP_PROTO_UDP, 80,
				 "port %d", 80);
	assert_ptr_equal(f->rule, manifest_rule(RULE_CONFLICT));
	check_text("file", f->file, "f");
	check_int("line", f->line, 3);
	check_int("column", f->column, 4);
	check_text("path", f->path, "$.a");
	check_int("protocol", f->proto, HP_PROTO_UDP);
	check_int("port", f->port, 80);
	check_text("message", f->message, "port 80");
	check_text("accepted", f->accepted, NULL);

	f = manifest_add_finding(&findings, RULE_BROKEN, &file, NULL, NULL, HP_PROTO_UDP, 0, "x");
	check_text("no path", f->path, NULL);
	check_int("no port", f->port, 0);
	check_int("no protocol", f->proto, 0);
	check_u64("findings", findings.len, 2);
}

/* Annotations of one finding, tcp 80 of rule port-conflict. */
struct annotations {
	struct ignore of[3];
	bool used[3];
};

static const struct {
	const char *name;
	struct annotations first, second; /* of the two lists; without a rule: no more */
	const char *accepted;
} cases[] = {
	{ "none", {}, {}, NULL },
	{ "of the rule", { { { .rule = "port-conflict", .reason = "r" } }, { true } }, {}, "r" },
	{ "of another rule", { { { .rule = "retired-port", .reason = "r" } }, {} }, {}, NULL },
	{ "of a rule that begins so", { { { .rule = "port", .reason = "r" } }, {} }, {}, NULL },
	{ "of its port",
	  { { { .rule = "port-conflict", .port = 80, .reason = "r" } }, { true } },
	  {},
	  "r" },
	{ "of another port",
	  { { { .rule = "port-conflict", .port = 81, .reason = "r" } }, {} },
	  {},
	  NULL },
	{ "with a fault",
	  { { { .rule = "port-conflict", .reason = "r", .fault = "f" } }, {} },
	  {},
	  NULL },
	{ "behind others",
	  { { { .rule = "retired-port", .reason = "q" },
	      { .rule = "port-conflict", .port = 81, .reason = "s" },
	      { .rule = "port-conflict", .reason = "r" } },
	    { false, false, true } },
	  {},
	  "r" },
	{ "the first of two, and both are used",
	  { { { .rule = "port-conflict", .reason = "r" },
	      { .rule = "port-conflict", .port = 80, .reason = "s" } },
	    { true, true } },
	  {},
	  "r" },
	{ "of the second list",
	  {},
	  { { { .rule = "port-conflict", .reason = "s" } }, { true } },
	  "s" },
	{ "of the first list before the second one, and both are used",
	  { { { .rule = "port-conflict", .reason = "r" } }, { true } },
	  { { { .rule = "port-conflict", .reason = "s" } }, { true } },
	  "r" },
};

static struct ignore *link_them(struct ignore *items, size_t n)
{
	for (size_t i = 0; i + 1 < n && items[i + 1].rule; i++)
		items[i].next = &items[i + 1];
	return items[0].rule ? items : NULL;
}

static void test_annotations(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct annotations first = cases[i].first, second = cases[i].second;
		_cleanup_findings_ struct findings findings = { 0 };
		const struct finding *f;

		f = manifest_add_finding(&findings, RULE_CONFLICT, &place,
					 link_them(first.of, ARRAY_LEN(first.of)),
					 link_them(second.of, ARRAY_LEN(second.of)), HP_PROTO_TCP,
					 80, "x");
		check_text(cases[i].name, f->accepted, cases[i].accepted);
		for (size_t j = 0; j < ARRAY_LEN(first.of); j++) {
			check_int(cases[i].name, first.of[j].used, first.used[j]);
			check_int(cases[i].name, second.of[j].used, second.used[j]);
		}
	}
}

/* An annotation without a port is for findings about no port as well. */
static void test_no_port(void **state)
{
	struct ignore of_port = { .rule = "template", .port = 80, .reason = "p" };
	struct ignore of_rule = { .next = &of_port, .rule = "template", .reason = "r" };
	_cleanup_findings_ struct findings findings = { 0 };
	const struct finding *f;

	(void)state;
	f = manifest_add_finding(&findings, RULE_TEMPLATE, &place, &of_rule, NULL, 0, 0, "x");
	check_text("accepted", f->accepted, "r");
	check_int("used", of_port.used, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_annotations),
		cmocka_unit_test(test_no_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
