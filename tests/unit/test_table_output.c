// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/base/status.h"
#include "../../user/ctl/table_output.h"

struct asked {
	struct table_output output;
};

static const struct option_spec specs[] = { TABLE_OUTPUT_OPTIONS(struct asked) };

static const struct table_column columns[] = { { .name = "PORT" }, { .name = "R2" } };

struct output_case {
	const char *arg; /* NULL: none */
	int form;
	const char *columns;
	bool wide;
};

static const struct output_case output_cases[] = {
	{ NULL, TABLE_FORM_TABLE, NULL, false },
	{ "-otable", TABLE_FORM_TABLE, NULL, false },
	{ "-owide", TABLE_FORM_WIDE, NULL, true },
	{ "--output=json", TABLE_FORM_JSON, NULL, false },
	{ "--json", TABLE_FORM_JSON, NULL, false },
	{ "-oPORT,r2", TABLE_FORM_TABLE, "PORT,r2", false },
};

static int parse(const char *arg, struct asked *asked, struct buf *err)
{
	const struct options options = {
		.program = "prog", .usage = "", .specs = specs, .len = ARRAY_LEN(specs)
	};
	char *argv[] = { (char[]) { "prog" }, NULL, NULL };
	int operands;

	*asked = (struct asked) { 0 };
	argv[1] = (char *)arg;
	return options_parse(&options, asked, arg ? 2 : 1, argv, &operands, err);
}

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(output_cases); i++) {
		const struct output_case *c = &output_cases[i];
		const char *name = c->arg ? c->arg : "none";
		_cleanup_buf_ struct buf err = { 0 };
		struct asked asked;

		check_int(name, parse(c->arg, &asked, &err), OPTIONS_OK);
		check_int(name, table_output_check(&asked.output, columns, 2, "verb"), EXIT_OK);
		check_int(name, asked.output.form, c->form);
		check_text(name, asked.output.view.columns, c->columns);
		check_int(name, asked.output.view.wide, c->wide);
		check_int(name, asked.output.view.no_headings, false);
	}
}

static void test_refused(void **state)
{
	static const char *const unknown[] = { "-ojsno",   "-oyaml",   "-oopenreports",
					       "-oPORT,x", "--sort=x", "--sort=-" };
	_cleanup_buf_ struct buf err = { 0 };
	struct asked asked;

	(void)state;
	check_int("empty", parse("-o=", &asked, &err), -EINVAL);
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		_cleanup_buf_ struct buf none = { 0 };

		check_int(unknown[i], parse(unknown[i], &asked, &none), OPTIONS_OK);
		check_int(unknown[i], table_output_check(&asked.output, columns, 2, "verb"),
			  EXIT_USAGE);
	}
}

static void test_more_forms(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct table_output output = { 0 };

	(void)state;
	check_int("yaml", table_output_parse_yaml(&output, "yaml", &err), 0);
	check_int("yaml", output.form, TABLE_FORM_YAML);
	check_int("reports", table_output_parse_reports(&output, "openreports", &err), 0);
	check_int("reports", output.form, TABLE_FORM_OPENREPORTS);
	check_int("no yaml", table_output_parse_reports(&output, "yaml", &err), 0);
	check_int("no yaml", output.form, TABLE_FORM_TABLE);
	check_int("a column", table_output_parse_yaml(&output, "R2", &err), 0);
	check_int("a column", output.form, TABLE_FORM_TABLE);
	check_text("a column", output.view.columns, "R2");
}

/* A test's standard output may be a terminal, so NO_COLOR is set. */
static void test_colour(void **state)
{
	static const struct {
		const char *arg;
		bool want;
	} cases[] = { { NULL, false }, { "--color=never", false }, { "--color=always", true } };

	(void)state;
	assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct asked asked;

		check_int("parse", parse(cases[i].arg, &asked, &err), OPTIONS_OK);
		check_int("check", table_output_check(&asked.output, columns, 2, "verb"), EXIT_OK);
		check_int("colour", asked.output.view.colour, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_more_forms),
		cmocka_unit_test(test_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
