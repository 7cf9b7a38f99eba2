// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/policy/generations.h"
#include "registry_cases.h"

static struct registry *registry(const char *process, const char *more)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct registry *reg;
	int r;

	buf_printf(&text,
		   "version: 1\nname: t\nretired: [{ports: 80, protocol: tcp, process: %s, "
		   "removed: '4.1'}%s]\n",
		   process, more);
	reg = registry_of((const char *const *)&text.data, 1, &diags, &r);
	assert_int_equal(r, 0);
	return reg;
}

/* The process of the row that a record of a port, at an address of IPv4, names, or NULL. */
static const char *process_at(const struct generations *g, uint32_t generation, uint32_t row,
			      uint8_t cls, uint16_t port, uint8_t network)
{
	struct hp_event record = {
		.policy_generation = generation,
		.row = row,
		.family = 4,
		.addr = { network, 0, 0, 1 },
		.key = { .proto = HP_PROTO_TCP, .port = port, .cls = cls },
	};
	const struct reg_layer *layer = NULL;
	const struct reg_row *found = generations_row(g, &record, &layer);

	if (found)
		check_text("layer", layer->name, "t");
	return found ? found->process : NULL;
}

/* The same at a loopback address. */
static const char *process_of(const struct generations *g, uint32_t generation, uint32_t row,
			      uint8_t cls, uint16_t port)
{
	return process_at(g, generation, row, cls, port, 127);
}

static void test_none(void **state)
{
	struct generations g = { 0 };

	(void)state;
	check_text("nothing there", process_of(&g, 1, 1, HP_CLASS_RETIRED, 80), NULL);
	generations_free(&g);
}

static void test_kept(void **state)
{
	struct generations g = { 0 };

	(void)state;
	generations_add(&g, registry("first", ""), NULL);
	check_text("not published", process_of(&g, 0, 1, HP_CLASS_RETIRED, 80), NULL);
	generations_published(&g, 1);
	generations_published(&g, 2); /* another configuration */
	generations_add(&g, registry("second", ""), NULL);
	generations_published(&g, 3);
	check_text("1", process_of(&g, 1, 1, HP_CLASS_RETIRED, 80), "first");
	check_text("2", process_of(&g, 2, 1, HP_CLASS_RETIRED, 80), "first");
	check_text("3", process_of(&g, 3, 1, HP_CLASS_RETIRED, 80), "second");
	check_text("no row", process_of(&g, 3, HP_NO_ROW, HP_CLASS_RETIRED, 80), NULL);
	check_text("no such row", process_of(&g, 3, 2, HP_CLASS_RETIRED, 80), NULL);
	check_text("not yet", process_of(&g, 4, 1, HP_CLASS_RETIRED, 80), NULL);
	generations_free(&g);
	check_int("freed", (long long)g.len, 0);
}

static void test_bounded(void **state)
{
	struct generations g = { 0 };
	char name[16];

	(void)state;
	for (uint32_t i = 1; i <= GENERATIONS_MAX + 2; i++) {
		(void)snprintf(name, sizeof(name), "p%u", i);
		generations_add(&g, registry(name, ""), NULL);
		generations_published(&g, i);
	}
	check_int("bounded", (long long)g.len, GENERATIONS_MAX);
	check_text("forgotten", process_of(&g, 2, 1, HP_CLASS_RETIRED, 80), NULL);
	check_text("the oldest", process_of(&g, 3, 1, HP_CLASS_RETIRED, 80), "p3");
	check_text("the newest", process_of(&g, 10, 1, HP_CLASS_RETIRED, 80), "p10");
	generations_free(&g);
}

/* A registry of so many rows that decide the same. */
static struct registry *registry_of_size(size_t n)
{
	struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_layer *layer = layer_of_rows("t", NULL, n);

	assert_non_null(reg);
	layer->rows[0].process = strdup("p");
	assert_int_equal(registry_add(reg, layer, &diags), 0);
	return reg;
}

/* What is kept for names only is bounded by rows, too. */
static void test_bounded_rows(void **state)
{
	struct generations g = { 0 };

	(void)state;
	generations_add(&g, registry_of_size(REGISTRY_ROWS_MAX / 2 + 1), NULL);
	generations_published(&g, 1);
	generations_add(&g, registry_of_size(REGISTRY_ROWS_MAX / 2), NULL);
	generations_published(&g, 2);
	check_u64("the newest does not count", g.len, 2);
	generations_add(&g, registry("p", ""), NULL);
	generations_published(&g, 3);
	check_int("kept", (long long)g.len, 2);
	check_text("forgotten", process_of(&g, 1, 1, HP_CLASS_RETIRED, 80), NULL);
	check_text("kept", process_of(&g, 2, 1, HP_CLASS_RETIRED, 80), "p");
	generations_free(&g);

	generations_add(&g, registry_of_size(REGISTRY_ROWS_MAX / 2), NULL);
	generations_add(&g, registry_of_size(REGISTRY_ROWS_MAX / 2), NULL);
	generations_add(&g, registry_of_size(1), NULL);
	check_u64("as many as one may have", g.len, 3);
	generations_add(&g, registry_of_size(REGISTRY_ROWS_MAX), NULL);
	check_u64("one more", g.len, 3);
	generations_add(&g, registry_of_size(1), NULL);
	check_u64("the newest is kept whatever it has", g.len, 2);
	generations_free(&g);
}

/* A record of a generation that is not known: decided again. */
static void test_unknown(void **state)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct node_facts facts = { 0 };
	struct generations g = { 0 };
	struct registry *reg = registry("local", ", {ports: 81, protocol: tcp, process: x, "
						 "removed: '4.1'}");

	(void)state;
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	generations_add(&g, reg, policy);
	generations_published(&g, 7);
	check_text("known", process_of(&g, 7, 2, HP_CLASS_RETIRED, 80), "x");
	check_text("by its port, not its number", process_of(&g, 6, 2, HP_CLASS_RETIRED, 80),
		   "local");
	check_text("of none", process_of(&g, 0, 2, HP_CLASS_RETIRED, 81), "x");
	check_text("another class", process_of(&g, 6, 2, HP_CLASS_SCOPE, 80), NULL);
	check_text("a port without a row", process_of(&g, 6, 2, HP_CLASS_RETIRED, 82), NULL);
	check_text("it had no row", process_of(&g, 6, HP_NO_ROW, HP_CLASS_RETIRED, 80), NULL);
	generations_free(&g);
}

/* What it would be now depends on the address. */
static void test_unknown_scopes(void **state)
{
	static const struct {
		const char *name, *want;
		uint8_t cls, network;
	} cases[] = {
		{ "another address than loopback", "mine", HP_CLASS_SCOPE, 10 },
		{ "loopback is allowed", NULL, HP_CLASS_SCOPE, 127 },
		{ "another class, loopback", NULL, HP_CLASS_RETIRED, 127 },
		{ "another class", NULL, HP_CLASS_RETIRED, 10 },
	};
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct registry *reg = registry_of_lists(
		"entries: [{ports: 90, protocol: tcp, process: mine, scope: localhost}]");
	struct node_facts facts = { 0 };
	struct generations g = { 0 };

	(void)state;
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	generations_add(&g, reg, policy);
	generations_published(&g, 7);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_text(cases[i].name, process_at(&g, 6, 2, cases[i].cls, 90, cases[i].network),
			   cases[i].want);
	generations_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),	cmocka_unit_test(test_kept),
		cmocka_unit_test(test_bounded), cmocka_unit_test(test_bounded_rows),
		cmocka_unit_test(test_unknown), cmocka_unit_test(test_unknown_scopes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
