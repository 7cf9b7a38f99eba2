// SPDX-License-Identifier: MIT
/* The row that would admit a violation admits it. */
#include "test.h"

#include "../../user/ctl/explain_admit.h"
#include "explain_cases.h"

/* An explanation of a class, as far as it is looked at. */
static struct explanation explained(uint8_t cls, uint8_t verdict, uint8_t scope)
{
	return (struct explanation) {
		.input.query = { .proto = HP_PROTO_UDP, .port = 8080, .scope = scope },
		.decision = { .cls = cls, .verdict = verdict },
	};
}

struct row_case {
	uint8_t cls, verdict, scope;
	struct owner_of who;
	const char *process, *row; /* NULL: there is none */
};

#define ROW(scope, process) "  - {ports: 8080, protocol: udp, scope: " scope ", process: " process

static const struct row_case row_cases[] = {
	{ HP_CLASS_UNREGISTERED,
	  HP_VERDICT_DENIED,
	  HP_SCOPE_EXTERNAL,
	  { 0 },
	  NULL,
	  ROW("external", "NAME}") },
	{ HP_CLASS_UNREGISTERED,
	  HP_VERDICT_AUDITED,
	  HP_SCOPE_LOCALHOST,
	  { 0 },
	  "nginx",
	  ROW("localhost", "nginx}") },
	{ HP_CLASS_RETIRED,
	  HP_VERDICT_DENIED,
	  HP_SCOPE_EXTERNAL,
	  { 0 },
	  "a: b",
	  ROW("external", "\"a: b\"}") },
	{ HP_CLASS_INACTIVE,
	  HP_VERDICT_DENIED,
	  HP_SCOPE_EXTERNAL,
	  { 0 },
	  "x",
	  ROW("external", "x}") },
	{ HP_CLASS_SCOPE, HP_VERDICT_DENIED, HP_SCOPE_EXTERNAL, { 0 }, "x", ROW("external", "x}") },
	{ HP_CLASS_OWNER,
	  HP_VERDICT_AUDITED,
	  HP_SCOPE_EXTERNAL,
	  { .unit = "web.service" },
	  "x",
	  ROW("external", "x, owners: [{unit: web.service}]}") },
	{ HP_CLASS_OWNER,
	  HP_VERDICT_AUDITED,
	  HP_SCOPE_EXTERNAL,
	  { .namespace_ = "shop", .pod = "web-1" },
	  "x",
	  ROW("external", "x, owners: [{namespace: shop, pod: web-1}]}") },
	{ HP_CLASS_OWNER,
	  HP_VERDICT_AUDITED,
	  HP_SCOPE_EXTERNAL,
	  { .exe = "/usr/bin/x" },
	  "x",
	  ROW("external", "x, owners: [{exe: /usr/bin/x}]}") },
	{ HP_CLASS_OWNER, HP_VERDICT_AUDITED, HP_SCOPE_EXTERNAL, { 0 }, "x", NULL },
	{ HP_CLASS_UNDECLARED, HP_VERDICT_AUDITED, HP_SCOPE_EXTERNAL, { 0 }, "x", NULL },
	{ HP_CLASS_UNREGISTERED, HP_VERDICT_EXCEPTED, HP_SCOPE_EXTERNAL, { 0 }, "x", NULL },
	{ HP_CLASS_NONE, HP_VERDICT_ALLOWED, HP_SCOPE_EXTERNAL, { 0 }, "x", NULL },
};

/* Our own reader takes the row. */
static void check_layer(const char *row)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text, "version: 1\nname: site\nentries:\n%s\n", row);
	check_int(row, layer_parse("f", text.data, text.len, &diags, &layer), 0);
	check_u64(row, layer->len, 1);
	check_int(row, layer->rows[0].first, 8080);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row_cases); i++) {
		const struct row_case *c = &row_cases[i];
		struct explanation e = explained(c->cls, c->verdict, c->scope);
		_cleanup_buf_ struct buf row = { 0 };

		e.input.who = c->who;
		explain_admit_row(&e, c->process, &row);
		check_text(c->row ? c->row : "none", row.data, c->row);
		if (c->row)
			check_layer(row.data);
	}
}

static void test_text(void **state)
{
	static const struct {
		uint8_t cls;
		const char *has;
	} cases[] = {
		{ HP_CLASS_UNREGISTERED, "hostportctl reload`:\n" ROW("external", "nginx}") "\n" },
		{ HP_CLASS_UNDECLARED, "as containerPort or hostPort\n" },
		{ HP_CLASS_OWNER, "--unit, --pod or --exe to see the row\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct explanation e =
			explained(cases[i].cls, HP_VERDICT_DENIED, HP_SCOPE_EXTERNAL);
		_cleanup_buf_ struct buf text = { 0 };

		explain_admit_text(&e, "nginx", &text);
		assert_non_null(text.data);
		if (!strstr(text.data, cases[i].has))
			fail_msg("no \"%s\" in: %s", cases[i].has, text.data);
	}
}

static void test_no_violation(void **state)
{
	struct explanation e = explained(HP_CLASS_NONE, HP_VERDICT_ALLOWED, HP_SCOPE_EXTERNAL);
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	explain_admit_text(&e, "nginx", &text);
	check_u64("nothing", text.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_no_violation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
