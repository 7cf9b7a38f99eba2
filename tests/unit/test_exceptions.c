// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/policy/exceptions.h"
#include "registry_cases.h"

#define EXCEPTION(port, until)                                                                     \
	"{ports: " #port ", protocol: tcp, class: unregistered, until: " until ", reason: r}"
#define HEAD "version: 1\nname: t\n"

static struct registry *registry(const char *exceptions)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct registry *reg;
	int r;

	buf_printf(&text, HEAD "exceptions: [%s]\n", exceptions);
	reg = registry_of((const char *const *)&text.data, 1, &diags, &r);
	assert_int_equal(r, 0);
	return reg;
}

struct end_case {
	const char *exceptions;
	time_t now, end;
};

/* 2027-03-31 is the day from 1806451200 on, and 2027-04-01 from 1806537600 on */
#define DAY_0331 1806451200
#define DAY_0401 1806537600

static const struct end_case end_cases[] = {
	{ "", DAY_0331, 0 },
	{ EXCEPTION(1, "2027-03-31"), 0, DAY_0401 },
	{ EXCEPTION(1, "2027-03-31"), DAY_0331, DAY_0401 },
	{ EXCEPTION(1, "2027-03-31"), DAY_0401 - 1, DAY_0401 },
	{ EXCEPTION(1, "2027-03-31"), DAY_0401, 0 },
	{ EXCEPTION(1, "2027-03-31") ", " EXCEPTION(2, "2027-03-30"), DAY_0331 - 1, DAY_0331 },
	{ EXCEPTION(1, "2027-03-31") ", " EXCEPTION(2, "2027-03-30"), DAY_0331, DAY_0401 },
	{ EXCEPTION(1, "2027-12-31"), DAY_0331, 1830297600 }, /* the next year */
	{ EXCEPTION(1, "2028-02-28"), DAY_0331, 1835395200 }, /* 2028-02-29 */
	{ EXCEPTION(1, "2028-02-29"), DAY_0331, 1835481600 },
	{ EXCEPTION(1, "9999-12-31"), DAY_0331, 253402300800 },
};

static void test_next_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(end_cases); i++) {
		const struct end_case *c = &end_cases[i];
		_cleanup_(registry_freep) struct registry *reg = registry(c->exceptions);

		check_int(c->exceptions, exceptions_next_end(reg, c->now), c->end);
	}
}

static void on_ended(void *data, const struct reg_layer *layer, const struct reg_row *row)
{
	check_text("layer", layer->name, "t");
	buf_printf(data, "%u ", row->first);
}

static void check_ended(const char *name, struct reg_date before, struct reg_date now,
			const char *want)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry(EXCEPTION(1, "2027-03-30") ", " EXCEPTION(2, "2027-03-31") ", " EXCEPTION(
			3, "2027-03-31") ", " EXCEPTION(4, "2027-04-01"));
	struct node_facts facts[] = { { .today = before }, { .today = now } };
	_cleanup_buf_ struct buf got = { 0 };

	exceptions_ended(reg, &facts[0], &facts[1], on_ended, &got);
	check_text(name, got.data, want);
}

static void test_ended(void **state)
{
	const struct reg_date d30 = { 2027, 3, 30 }, d31 = { 2027, 3, 31 }, d1 = { 2027, 4, 1 };

	(void)state;
	check_ended("the same day", d31, d31, NULL);
	check_ended("on their last day they hold", d30, d31, "1 ");
	check_ended("after it they do not", d31, d1, "2 3 ");
	check_ended("two days later", d30, d1, "1 2 3 ");
	check_ended("back", d1, d30, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next_end),
		cmocka_unit_test(test_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
