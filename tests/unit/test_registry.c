// SPDX-License-Identifier: MIT
#include "registry_cases.h"

#include <errno.h>
#include <stdio.h>

static struct registry *empty_registry(void)
{
	struct registry *reg = calloc(1, sizeof(*reg));

	assert_non_null(reg);
	return reg;
}

/* Add a layer of rows; what is said, NULL: nothing. */
static void check_add(struct registry *reg, const char *name, const struct reg_row *rows, size_t n,
		      const char *want)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	check_int(name, registry_add(reg, layer_of_rows(name, rows, n), &diags),
		  want ? -EINVAL : 0);
	diags_text(&diags, &out);
	check_text(name, out.data, want);
}

static void test_nothing(void **state)
{
	(void)state;
	registry_free(NULL);
	layer_free(NULL);
}

/* Layers are on top of each other in the order in which they are added, as they were. */
static void test_add(void **state)
{
	const struct reg_row rows[] = { { .first = 1, .last = 2 }, { .first = 3, .last = 3 } };
	_cleanup_(registry_freep) struct registry *reg = empty_registry();

	(void)state;
	check_add(reg, "a", rows, 1, NULL);
	check_add(reg, "b", rows + 1, 1, NULL);
	check_u64("layers", reg->len, 2);
	check_text("first", reg->layers[0].name, "a");
	check_int("its row", reg->layers[0].rows[0].first, 1);
	check_text("second", reg->layers[1].name, "b");
	check_int("its row", reg->layers[1].rows[0].first, 3);
}

static void test_same_name(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = empty_registry();

	(void)state;
	check_add(reg, "a", NULL, 0, NULL);
	check_add(reg, "b", NULL, 0, NULL);
	check_add(reg, "a", NULL, 0, "a: name: a: a has the name already\n");
	check_add(reg, "b", NULL, 0, "b: name: b: b has the name already\n");
	check_u64("layers", reg->len, 2);
}

static void test_many_layers(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = empty_registry();
	char name[16];

	(void)state;
	for (int i = 0; i < REGISTRY_LAYERS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "l%d", i);
		check_add(reg, name, NULL, 0, NULL);
	}
	check_add(reg, "more", NULL, 0, "more: more than 64 layers\n");
	check_u64("layers", reg->len, REGISTRY_LAYERS_MAX);
}

static void test_many_rows(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = empty_registry();

	(void)state;
	check_add(reg, "a", NULL, 1, NULL);
	check_add(reg, "b", NULL, REGISTRY_ROWS_MAX - 3, NULL);
	check_add(reg, "c", NULL, 2, NULL);
	check_add(reg, "d", NULL, 1, "d: with it there are 131073 rows, more than 131072\n");
	check_add(reg, "e", NULL, 0, NULL);
}

/* Clients, and exceptions with owners, have a bound of their own over all layers. */
static void test_many_owned(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = empty_registry();
	_cleanup_free_ struct reg_row *rows = calloc(REGISTRY_OWNED_MAX, sizeof(*rows));
	_cleanup_(layer_freep) struct reg_layer *owned =
		layer_of("o", "version: 1\nname: o\n"
			      "exceptions: [{ports: 1, protocol: tcp, class: scope, until: "
			      "2027-01-01, reason: r, "
			      "owners: [{unit: u}]}]\n");
	struct reg_row free_for_all = { .kind = REG_EXCEPTION };
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	assert_non_null(rows);
	for (size_t i = 0; i < REGISTRY_OWNED_MAX; i++)
		rows[i].kind = REG_CLIENT;
	check_add(reg, "a", rows, REGISTRY_OWNED_MAX, NULL);
	check_add(reg, "b", &free_for_all, 1, NULL);
	check_add(reg, "c", rows, 1,
		  "c: with it there are 8193 clients and exceptions with owners, more than 8192\n");
	check_int("exception", registry_add(reg, owned, &diags), -EINVAL);
	owned = NULL;
	check_u64("exception", diags.total, 1);
}

/* All faults are said. */
static void test_faults(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = empty_registry();

	(void)state;
	check_add(reg, "a", NULL, REGISTRY_ROWS_MAX, NULL);
	check_add(reg, "a", NULL, 1,
		  "a: name: a: a has the name already\n"
		  "a: with it there are 131073 rows, more than 131072\n");
}

/* A layer whose drops take nothing is not added. */
static void test_bad_drop(void **state)
{
	const struct reg_row rows[] = { { .kind = REG_DROP, .first = 1, .last = 1 } };
	_cleanup_(registry_freep) struct registry *reg = empty_registry();

	(void)state;
	check_add(reg, "a", rows, 1,
		  "a: drop: takes nothing: no row of an earlier layer lies within these ports\n");
	check_u64("layers", reg->len, 0);
}

/* So many rows of each kind. */
static struct reg_layer *layer_of_kinds(const char *name, const unsigned int counts[REG_KIND_MAX])
{
	struct reg_row rows[2 * REG_KIND_MAX];
	size_t n = 0;

	for (int kind = 0; kind < REG_KIND_MAX; kind++)
		for (unsigned int i = 0; i < counts[kind]; i++)
			rows[n++] = (struct reg_row) {
				.kind = (enum reg_kind)kind,
				.proto = 3, /* no drop takes a row of another layer */
			};
	return layer_of_rows(name, rows, n);
}

/* With all numbers of rows of each kind, from none to two: what decides comes first. */
static void test_kinds(void **state)
{
	unsigned int counts[REG_KIND_MAX];

	(void)state;
	for (unsigned int i = 0; i < 3 * 3 * 3 * 3 * 3 * 3 * 3; i++) {
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		unsigned int n = i, deciding, policy = 0;
		struct registry reg;

		for (int kind = 0; kind < REG_KIND_MAX; kind++, n /= 3) {
			counts[kind] = n % 3;
			policy += kind == REG_ACCEPT ? 0 : counts[kind];
		}
		layer = layer_of_kinds("l", counts);
		reg = (struct registry) { .layers = layer, .len = 1 };
		deciding = counts[REG_ENTRY] + counts[REG_RETIRED] + counts[REG_CLIENT];
		check_u64("policy", layer_rows(layer), policy);
		check_int("empty", registry_empty(&reg),
			  counts[REG_ENTRY] + counts[REG_RETIRED] == 0);
		assert_null(registry_row(&reg, 0, NULL));
		for (uint32_t row = 1; row <= deciding; row++)
			assert_ptr_equal(registry_row(&reg, row, NULL), &layer->rows[row - 1]);
		assert_null(registry_row(&reg, deciding + 1, NULL));
		assert_null(registry_row(&reg, UINT32_MAX, NULL));
	}
}

static void test_numbers(void **state)
{
	static const unsigned int counts[][REG_KIND_MAX] = {
		{ [REG_ENTRY] = 1, [REG_RETIRED] = 1, [REG_CLIENT] = 1, [REG_RANGE] = 1 },
		{ [REG_RANGE] = 1 },
		{ [REG_ENTRY] = 1 },
	};
	static const char *const names[] = { "a", "b", "c" };
	_cleanup_(registry_freep) struct registry *reg = empty_registry();
	_cleanup_diags_ struct diags diags = { 0 };
	const struct reg_layer *layer = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		check_int("add", registry_add(reg, layer_of_kinds(names[i], counts[i]), &diags), 0);
	assert_null(registry_row(reg, 0, &layer));
	assert_null(layer);
	for (uint32_t n = 1; n <= 3; n++) {
		assert_ptr_equal(registry_row(reg, n, &layer), &reg->layers[0].rows[n - 1]);
		check_text("layer", layer->name, "a");
	}
	assert_ptr_equal(registry_row(reg, 4, &layer), &reg->layers[2].rows[0]);
	check_text("layer", layer->name, "c");
	assert_ptr_equal(registry_row(reg, 4, NULL), &reg->layers[2].rows[0]);
	assert_null(registry_row(reg, 5, &layer));
}

/* Empty is what has no row that decides and is not dropped, in whatever layer. */
static void test_empty(void **state)
{
	struct reg_row rows[] = { { .dropped = true }, { .kind = REG_RETIRED } };
	_cleanup_(registry_freep) struct registry *reg = empty_registry();

	(void)state;
	check_int("no layers", registry_empty(reg), true);
	check_add(reg, "a", NULL, 0, NULL);
	check_int("no rows", registry_empty(reg), true);
	check_add(reg, "b", rows, 1, NULL);
	check_int("dropped", registry_empty(reg), true);
	check_add(reg, "c", rows, 2, NULL);
	check_int("retired", registry_empty(reg), false);
	reg->layers[2].rows[1].dropped = true;
	check_int("all dropped", registry_empty(reg), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),	  cmocka_unit_test(test_add),
		cmocka_unit_test(test_same_name), cmocka_unit_test(test_many_layers),
		cmocka_unit_test(test_many_rows), cmocka_unit_test(test_many_owned),
		cmocka_unit_test(test_faults),	  cmocka_unit_test(test_bad_drop),
		cmocka_unit_test(test_kinds),	  cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
