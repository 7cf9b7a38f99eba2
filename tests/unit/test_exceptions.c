// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/policy/exceptions.h"
#include "registry_cases.h"
#include "../../bpf/abi.h"

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

/* Of the four, the first ends on April 1, the second two weeks later, the third one day after. */
static const struct {
	time_t now;
	size_t active, ending, ended;
} state_cases[] = {
	{ 0, 4, 0, 0 },
	{ DAY_0401 - EXCEPTIONS_ENDING_S - 1, 4, 0, 0 },
	{ DAY_0401 - EXCEPTIONS_ENDING_S, 3, 1, 0 },
	{ DAY_0401 - 1, 3, 1, 0 },
	{ DAY_0401, 2, 1, 1 },
	{ DAY_0401 + 86400, 1, 2, 1 },
	{ DAY_0401 + 15 * 86400, 1, 0, 3 },
};

static void test_states(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry(EXCEPTION(1, "2027-03-31") ", " EXCEPTION(2, "2027-04-14") ", " EXCEPTION(
			3, "2027-04-15") ", " EXCEPTION(4, "9999-12-31"));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(state_cases); i++) {
		size_t counts[EXCEPTION_STATES];

		exceptions_count(reg, state_cases[i].now, counts);
		check_u64("active", counts[EXCEPTION_ACTIVE], state_cases[i].active);
		check_u64("ending", counts[EXCEPTION_ENDING], state_cases[i].ending);
		check_u64("ended", counts[EXCEPTION_ENDED], state_cases[i].ended);
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

/* Of all layers, and exceptions alone: a retired row has no end. */
static void test_layers(void **state)
{
	const struct reg_row rows[] = {
		{ .kind = REG_RETIRED, .until = { 2027, 3, 29 } },
		{ .kind = REG_EXCEPTION, .until = { 2027, 4, 1 }, .cls = HP_CLASS_SCOPE },
	};
	const struct reg_row more[] = {
		{ .kind = REG_EXCEPTION,
		  .first = 7,
		  .until = { 2027, 3, 31 },
		  .cls = HP_CLASS_SCOPE },
		{ .kind = REG_EXCEPTION,
		  .first = 8,
		  .until = { 2027, 3, 31 },
		  .cls = HP_CLASS_EPHEMERAL },
	};
	const struct node_facts before = { .today = { 2027, 3, 29 } };
	const struct node_facts after = { .today = { 2027, 4, 1 } };
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf got = { 0 };

	(void)state;
	assert_non_null(reg);
	assert_int_equal(registry_add(reg, layer_of_rows("a", rows, 2), &diags), 0);
	assert_int_equal(registry_add(reg, layer_of_rows("t", more, 2), &diags), 0);
	check_int("the next end", exceptions_next_end(reg, DAY_0331), DAY_0401);
	check_int("from the start", exceptions_next_end(reg, 0), DAY_0401);
	exceptions_ended(reg, &before, &after, on_ended, &got);
	check_text("ended", got.data, "7 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next_end),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_layers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
