// SPDX-License-Identifier: MIT
/* Layers that are made row by row, and the names of layers of files. */
#include "registry_cases.h"

#include "../../user/formats/layer_build.h"

static void test_layer_name(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "host-port-registry.md", "host-port-registry" },
		{ "/x/Comm Matrix_BM.v2.csv", "comm-matrix-bm-v2" },
		{ "-", "imported" },
		{ "a/", "imported" },
		{ ".csv", "csv" },
		{ "--a--.md", "a" },
		{ "\xc3\xa4.md", "imported" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b.md",
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		layer_name_of(cases[i].path, name);
		check_text(cases[i].path, name, cases[i].want);
		assert_true(reg_name_valid(name));
	}
	assert_false(reg_name_valid(""));
	assert_false(reg_name_valid("A"));
	assert_false(reg_name_valid("-a"));
	assert_false(reg_name_valid("a."));
	assert_false(reg_name_valid("a b"));
}

/* A run of other characters is one dash; letters and digits stay, up to the length of a name. */
static void test_characters(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "azAZ09.md", "azaz09" }, { "a b", "a-b" },	 { "a  _b", "a-b" },
		{ "a`{@[/:b.md", "b" },	   { "a`{@[:b", "a-b" }, { "a.b/c", "c" },
		{ "a/.b.c", "b" },	   { "a.", "a" },	 { "0", "0" },
		{ "", "imported" },	   { ".", "imported" },
	};
	char path[80], name[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		layer_name_of(cases[i].path, name);
		check_text(cases[i].path, name, cases[i].want);
	}
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	layer_name_of(path, name);
	check_u64("cut", strlen(name), 63);
	path[62] = '+';
	layer_name_of(path, name);
	check_u64("no dash at the end of what was cut", strlen(name), 62);
}

static void test_new(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = layer_new("p", "n", "s");
	_cleanup_(layer_freep) struct reg_layer *bare = layer_new("p", "n", NULL);

	(void)state;
	check_text("path", layer->path, "p");
	check_text("name", layer->name, "n");
	check_text("source", layer->source, "s");
	check_text("no source", bare->source, NULL);
	check_u64("rows", layer->len, 0);
}

/* Rows come in the order of their kinds, each kind in the order in which it was added. */
static void test_order(void **state)
{
	static const enum reg_kind kinds[] = { REG_ACCEPT,    REG_RANGE,   REG_ENTRY,
					       REG_DROP,      REG_ENTRY,   REG_RANGE,
					       REG_EXCEPTION, REG_RETIRED, REG_ENTRY };
	static const unsigned int want[] = { 2, 4, 8, 7, 1, 5, 3, 6, 0 };
	_cleanup_(layer_freep) struct reg_layer *layer = layer_new("p", "n", NULL);

	(void)state;
	for (unsigned int i = 0; i < ARRAY_LEN(kinds); i++) {
		struct reg_row *row = layer_add(layer, kinds[i], i, i + 100);

		assert_non_null(row);
		check_int("kind", row->kind, kinds[i]);
		check_u64("added", layer->len, i + 1);
		row->first = (uint16_t)(i + 1);
	}
	assert_int_equal(layer_order(layer), 0);
	check_u64("rows", layer->len, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		check_u64("line", layer->rows[i].line, want[i]);
		check_u64("column", layer->rows[i].column, want[i] + 100);
		check_u64("port", layer->rows[i].first, want[i] + 1);
		check_int("kind", layer->rows[i].kind, kinds[want[i]]);
	}
}

/* Lists grow one by one; what they hold are copies. */
static void test_lists(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = layer_new("p", "n", NULL);
	struct reg_row *row = layer_add(layer, REG_ENTRY, 1, 1);
	char text[16];

	(void)state;
	for (int i = 0; i < 40; i++) {
		struct reg_owner owner = { .namespace_ = text, .container = text };

		(void)snprintf(text, sizeof(text), "t%d", i);
		assert_int_equal(row_add_platform(row, text), 0);
		assert_int_equal(row_add_owner(row, &owner), 0);
	}
	check_u64("platforms", row->platforms_len, 40);
	check_u64("owners", row->owners_len, 40);
	for (int i = 0; i < 40; i++) {
		(void)snprintf(text, sizeof(text), "t%d", i);
		check_text("platform", row->platforms[i], text);
		check_text("namespace", row->owners[i].namespace_, text);
		check_text("container", row->owners[i].container, text);
		check_text("pod", row->owners[i].pod, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layer_name), cmocka_unit_test(test_characters),
		cmocka_unit_test(test_new),	   cmocka_unit_test(test_order),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
