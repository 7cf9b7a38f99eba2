// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "registry_cases.h"

#define LAYER(name, lists)  "{version: 1, name: " name ", " lists "}"
#define ENTRY(ports, proto) "{ports: " ports ", protocol: " proto ", process: p}"
#define RETIRED(ports)	    "{ports: " ports ", protocol: tcp, process: p, removed: '4.1'}"
#define DROP(ports, more)   "{ports: " ports ", protocol: tcp, reason: r" more "}"

struct add_case {
	const char *name;
	const char *texts[3];
	const char *dropped; /* of rows 1, 2, ...: x, or - where it stays */
	const char *want;    /* NULL: nothing is said */
};

static const struct add_case add_cases[] = {
	{ "no drops",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "entries: [" ENTRY("80", "tcp") "]") },
	  "--",
	  NULL },
	{ "exactly",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") ", " ENTRY("81", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("80", "") "]") },
	  "x-",
	  NULL },
	{ "within",
	  { LAYER("a", "entries: [" ENTRY("80-90", "tcp") ", " ENTRY("79-80", "tcp") ", " ENTRY(
			       "100", "tcp") ", " ENTRY("99-101", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("80-100", "") "]") },
	  "x-x-",
	  NULL },
	{ "wider rows stay",
	  { LAYER("a", "entries: [" ENTRY("80-90", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("85", "") "]") },
	  "-",
	  "2.yaml:1:30: drop: takes nothing: no row of an earlier layer lies within these "
	  "ports\n" },
	{ "retired rows too",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "], retired: [" RETIRED("80") "]"),
	    LAYER("b", "drop: [" DROP("80", "") "]") },
	  "xx",
	  NULL },
	{ "another protocol stays",
	  { LAYER("a", "entries: [" ENTRY("80", "udp") "]"),
	    LAYER("b", "drop: [" DROP("80", "") "]") },
	  "-",
	  "2.yaml:1:30: drop: takes nothing: no row of an earlier layer lies within these "
	  "ports\n" },
	{ "of one layer",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("c", "drop: [" DROP("80", ", layer: b") "]") },
	  "-x",
	  NULL },
	{ "of one layer that has none",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "entries: [" ENTRY("81", "tcp") "]"),
	    LAYER("c", "drop: [" DROP("80", ", layer: b") "]") },
	  "--",
	  "3.yaml:1:30: drop: takes nothing: no row of layer b lies within these ports\n" },
	{ "of no layer",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("80", ", layer: z") "]") },
	  "-",
	  "2.yaml:1:30: layer: z: no earlier layer has the name\n" },
	{ "of its own layer",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "entries: [" ENTRY("80", "tcp") "], drop: [" DROP("80", ", layer: b") "]") },
	  "-",
	  "2.yaml:1:81: layer: b: no earlier layer has the name\n" },
	{ "its own rows stay",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "entries: [" ENTRY("80", "tcp") "], drop: [" DROP("80", "") "]") },
	  "x-",
	  NULL },
	{ "a later layer puts it back",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("80", "") "]"),
	    LAYER("c", "entries: [" ENTRY("80", "tcp") "]") },
	  "x-",
	  NULL },
	{ "twice in one layer",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("1-100", "") ", " DROP("80", ", layer: a") "]") },
	  "x",
	  NULL },
	{ "twice in two layers",
	  { LAYER("a", "entries: [" ENTRY("80", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("80", "") "]"), LAYER("c", "drop: [" DROP("80", "") "]") },
	  "x",
	  "3.yaml:1:30: drop: takes nothing: no row of an earlier layer lies within these "
	  "ports\n" },
	{ "nothing before it",
	  { LAYER("a", "drop: [" DROP("80", "") "]") },
	  "",
	  "1.yaml:1:30: drop: takes nothing: no row of an earlier layer lies within these "
	  "ports\n" },
	{ "ranges and exceptions are no rows to drop",
	  { LAYER("a", "ranges: [{ports: 80, protocol: tcp}], exceptions: [{ports: 80, protocol: "
		       "tcp, class: scope, until: 2027-01-01, reason: r}]"),
	    LAYER("b", "drop: [" DROP("80", "") "]") },
	  "",
	  "2.yaml:1:30: drop: takes nothing: no row of an earlier layer lies within these "
	  "ports\n" },
	{ "whole range",
	  { LAYER("a", "entries: [" ENTRY("1-65535", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("1-65535", "") "]") },
	  "x",
	  NULL },
	{ "the same name",
	  { LAYER("a", "source: s"), LAYER("a", "source: s") },
	  "",
	  "2.yaml: name: a: 1.yaml has the name already\n" },
};

static void test_add(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(add_cases); i++) {
		const struct add_case *c = &add_cases[i];
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		size_t n = 0;
		int r = 0;

		while (n < ARRAY_LEN(c->texts) && c->texts[n])
			n++;
		reg = registry_of(c->texts, n, &diags, &r);
		check_int(c->name, r, c->want ? -EINVAL : 0);
		diags_text(&diags, &out);
		check_text(c->name, out.data, c->want);
		for (uint32_t row = 0; c->dropped[row]; row++)
			check_int(c->name, registry_row(reg, row + 1, NULL)->dropped,
				  c->dropped[row] == 'x');
	}
}

static void test_numbers(void **state)
{
	const char *const texts[] = {
		LAYER("a",
		      "entries: [" ENTRY("1", "tcp") ", " ENTRY("2", "tcp") "], retired: [" RETIRED(
			      "3") "], ranges: [{ports: 9, protocol: tcp}]"),
		LAYER("b", "ranges: [{ports: 9, protocol: tcp}]"),
		LAYER("c", "entries: [" ENTRY("4", "tcp") "]"),
	};
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	const struct reg_layer *layer = NULL;
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	assert_null(registry_row(reg, 0, NULL));
	for (uint32_t n = 1; n <= 4; n++)
		check_int("row", registry_row(reg, n, NULL)->first, n);
	assert_null(registry_row(reg, 5, NULL));
	assert_null(registry_row(reg, UINT32_MAX, NULL));
	(void)registry_row(reg, 3, &layer);
	check_text("layer of 3", layer->name, "a");
	(void)registry_row(reg, 4, &layer);
	check_text("layer of 4", layer->name, "c");
}

struct empty_case {
	const char *name;
	const char *texts[2];
	bool empty;
};

static const struct empty_case empty_cases[] = {
	{ "no layers", { NULL }, true },
	{ "no rows", { LAYER("a", "entries: []") }, true },
	{ "ranges alone", { LAYER("a", "ranges: [{ports: 9, protocol: tcp}]") }, true },
	{ "an entry", { LAYER("a", "entries: [" ENTRY("1", "tcp") "]") }, false },
	{ "a retired row", { LAYER("a", "retired: [" RETIRED("1") "]") }, false },
	{ "all dropped",
	  { LAYER("a", "entries: [" ENTRY("1", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("1", "") "]") },
	  true },
};

static void test_empty(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(empty_cases); i++) {
		const struct empty_case *c = &empty_cases[i];
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		int r = 0;

		reg = registry_of(c->texts, !!c->texts[0] + !!c->texts[1], &diags, &r);
		check_int(c->name, registry_empty(reg), c->empty);
	}
}

static struct reg_layer *numbered_layer(int n, const char *lists)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text, "{version: 1, name: l%d, %s}", n, lists);
	return layer_of("f", text.data);
}

static void test_many_layers(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	for (int i = 0; i < REGISTRY_LAYERS_MAX; i++)
		check_int("add", registry_add(reg, numbered_layer(i, "source: s"), &diags), 0);
	check_int("one more", registry_add(reg, numbered_layer(99, "source: s"), &diags), -EINVAL);
	diags_text(&diags, &out);
	check_text("one more", out.data, "f: more than 64 layers\n");
}

/* As many drops as rows, all of them overlapping: a comparison of each with each takes minutes. */
static void test_many_drops(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf rows = { 0 }, drops = { 0 };
	const int n = REGISTRY_ROWS_MAX / 2;

	(void)state;
	buf_puts(&rows, "entries: [");
	buf_puts(&drops, "drop: [");
	for (int i = 0; i < n; i++) {
		buf_printf(&rows, "{ports: %d-65535, protocol: tcp, process: p},", 1 + i % 65535);
		buf_printf(&drops, "{ports: 1-65535, protocol: tcp, reason: r},");
	}
	buf_puts(&rows, "]");
	buf_puts(&drops, "]");
	check_int("rows", registry_add(reg, numbered_layer(0, rows.data), &diags), 0);
	check_int("drops", registry_add(reg, numbered_layer(1, drops.data), &diags), 0);
	check_int("all dropped", registry_empty(reg), 1);
	check_int("more rows", registry_add(reg, numbered_layer(2, rows.data), &diags), -EINVAL);
}

static void test_builtins(void **state)
{
	static const char *const names[] = { "openshift", "node-baseline", "hostportd" };
	const struct reg_builtin *builtins = registry_builtins();
	size_t kinds[REG_KIND_MAX] = { 0 };

	(void)state;
	for (size_t i = 0; i < REG_BUILTINS; i++) {
		_cleanup_(layer_freep) struct reg_layer *layer = layer_of("b", builtins[i].text);

		check_text("name", builtins[i].name, names[i]);
		check_text("layer's name", layer->name, names[i]);
		check_u64("length", builtins[i].len, strlen(builtins[i].text));
		for (size_t j = 0; i == 0 && j < layer->len; j++)
			kinds[layer->rows[j].kind]++;
	}
	check_int("entries of the page", (long long)kinds[REG_ENTRY], 98);
	check_int("retired rows of the page", (long long)kinds[REG_RETIRED], 7);
	check_int("documented ranges", (long long)kinds[REG_RANGE], 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),	   cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_empty),	   cmocka_unit_test(test_many_layers),
		cmocka_unit_test(test_many_drops), cmocka_unit_test(test_builtins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
