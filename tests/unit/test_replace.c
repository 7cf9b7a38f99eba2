// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/registry/replace.h"
#include "registry_cases.h"

#define ROW(port)	  "{ports: " #port ", protocol: tcp, process: p}"
#define LAYER(name, rows) "version: 1\nname: " name "\nentries: [" rows "]\n"
#define ONE		  LAYER("a", ROW(1))
#define OTHER		  LAYER("a", ROW(2))
#define TWO		  LAYER("a", ROW(1) ", " ROW(2))
#define EMPTY		  LAYER("a", "")
#define ACCEPT		  "accept: [{rule: overlap, reason: r, ports: 1, protocol: tcp}]\n"
#define B		  LAYER("b", ROW(3))
#define LAYERS_MAX	  3

struct replace_case {
	const char *name;
	const char *now[LAYERS_MAX], *next[LAYERS_MAX];
	bool same;
	const char *why, *shrunk; /* what is said; the second where somebody asked for it */
	const char *changes;
};

#define NOTHING_LEFT "registry: empty: it would make every port unregistered\n"

static const struct replace_case cases[] = {
	{ "the same", { ONE, B }, { ONE, B }, true, NULL, NULL, "the same layers" },
	{ "another text", { ONE }, { TWO }, false, NULL, NULL, "a: 2 rows (1 before)" },
	{ "as many rows", { ONE }, { OTHER }, false, NULL, NULL, "a: 1 row (1 before)" },
	{ "a comment", { ONE }, { ONE "# x\n" }, false, NULL, NULL, "a: 1 row (1 before)" },
	{ "a new layer", { ONE }, { ONE, B }, false, NULL, NULL, "b: 1 row (new)" },
	{ "a layer is gone",
	  { ONE, B },
	  { ONE },
	  false,
	  "2.yaml: layer b is gone\n",
	  NULL,
	  "b: gone" },
	{ "another order: names tell, not files",
	  { ONE, B },
	  { B, ONE },
	  false,
	  NULL,
	  NULL,
	  "the same layers" },
	{ "another name, of the same file",
	  { ONE },
	  { LAYER("z", ROW(1)) },
	  false,
	  NULL,
	  NULL,
	  "z: 1 row (1 before)" },
	{ "no rows any more",
	  { ONE, B },
	  { EMPTY, B },
	  false,
	  "1.yaml: layer a has no rows any more\n",
	  NULL,
	  "a: 0 rows (1 before)" },
	{ "it never had rows",
	  { EMPTY, B },
	  { EMPTY "\n", B },
	  false,
	  NULL,
	  NULL,
	  "a: 0 rows (0 before)" },
	{ "nothing is left",
	  { ONE },
	  { EMPTY },
	  false,
	  "1.yaml: layer a has no rows any more\n" NOTHING_LEFT,
	  NOTHING_LEFT,
	  "a: 0 rows (1 before)" },
	{ "nothing was there",
	  { EMPTY },
	  { EMPTY },
	  true,
	  NOTHING_LEFT,
	  NOTHING_LEFT,
	  "the same layers" },
	{ "accepts are no rows",
	  { ONE },
	  { EMPTY ACCEPT },
	  false,
	  "1.yaml: layer a has no rows any more\n" NOTHING_LEFT,
	  NOTHING_LEFT,
	  "a: 0 rows (1 before)" },
	{ "all rows are dropped",
	  { ONE },
	  { ONE, LAYER("b", "") "drop: [{ports: 1, protocol: tcp, reason: r}]\n" },
	  false,
	  NOTHING_LEFT,
	  NOTHING_LEFT,
	  "b: 1 row (new)" },
};

static struct registry *registry(const char *const texts[LAYERS_MAX])
{
	_cleanup_diags_ struct diags diags = { 0 };
	struct registry *reg;
	size_t n = 0;
	int r = 0;

	while (n < LAYERS_MAX && texts[n])
		n++;
	reg = registry_of(texts, n, &diags, &r);
	assert_int_equal(r, 0);
	return reg;
}

static void check_said(const struct replace_case *c, const struct registry *now,
		       const struct registry *next, bool shrink)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	registry_replace_check(now, next, shrink, &diags);
	diags_text(&diags, &out);
	check_text(c->name, out.data, shrink ? c->shrunk : c->why);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct replace_case *c = &cases[i];
		_cleanup_(registry_freep) struct registry *now = registry(c->now);
		_cleanup_(registry_freep) struct registry *next = registry(c->next);
		_cleanup_buf_ struct buf changes = { 0 };

		check_int(c->name, registry_same(now, next), c->same);
		check_said(c, now, next, false);
		check_said(c, now, next, true);
		registry_changes(now, next, &changes);
		check_text(c->name, changes.data, c->changes);
	}
}

static struct reg_layer layer(char *name, char *path, uint64_t digest, size_t len)
{
	return (struct reg_layer) {
		.name = name,
		.path = path,
		.digest = digest,
		.text_len = len,
	};
}

static bool same(const struct reg_layer *a, size_t n, const struct reg_layer *b, size_t m)
{
	const struct registry one = { .layers = (struct reg_layer *)a, .len = n };
	const struct registry two = { .layers = (struct reg_layer *)b, .len = m };
	bool is = registry_same(&one, &two);

	check_int("the other way", registry_same(&two, &one), is);
	return is;
}

/* The same are the same texts of the same files, in the same order. */
static void test_same(void **state)
{
	char a[] = "a", b[] = "b", f[] = "f.yaml", g[] = "g.yaml";
	const struct reg_layer now[] = { layer(a, f, 1, 10), layer(b, g, 2, 20) };
	const struct reg_layer turned[] = { now[1], now[0] };
	const struct reg_layer others[][2] = {
		{ layer(a, g, 1, 10), now[1] },					/* another path */
		{ now[0], layer(b, f, 2, 20) }, { layer(a, f, 3, 10), now[1] }, /* another digest */
		{ now[0], layer(b, g, 3, 20) }, { layer(a, f, 1, 11), now[1] }, /* another length */
		{ now[0], layer(b, g, 2, 21) },
	};

	(void)state;
	check_int("as it is", same(now, 2, now, 2), true);
	check_int("nothing", same(now, 0, now, 0), true);
	check_int("one less", same(now, 2, now, 1), false);
	check_int("nothing left", same(now, 2, now, 0), false);
	check_int("another order", same(now, 2, turned, 2), false);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		check_int("another", same(now, 2, others[i], 2), false);
}

/* Of the first layer, too, whose file no other one has. */
static void test_first_gone(void **state)
{
	char a[] = "a", b[] = "b", f[] = "f.yaml", g[] = "g.yaml";
	struct reg_row row = { .first = 1, .last = 1 };
	struct reg_layer layers[] = { layer(a, f, 1, 10), layer(b, g, 2, 20) };
	const struct registry now = { .layers = layers, .len = 2 };
	const struct registry next = { .layers = layers + 1, .len = 1 };
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 }, said = { 0 };

	(void)state;
	layers[1].rows = &row;
	layers[1].len = 1;
	registry_changes(&now, &next, &out);
	check_text("changes", out.data, "a: gone");
	registry_replace_check(&now, &next, false, &diags);
	diags_text(&diags, &said);
	check_text("said", said.data, "f.yaml: layer a is gone\n");
}

/* What is said goes behind what is there, and has no comma before it. */
static void test_behind(void **state)
{
	static const char *const now_texts[LAYERS_MAX] = { ONE, B, LAYER("c", ROW(4)) };
	static const char *const next_texts[LAYERS_MAX] = { TWO };
	_cleanup_(registry_freep) struct registry *now = registry(now_texts);
	_cleanup_(registry_freep) struct registry *next = registry(next_texts);
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	buf_puts(&out, "reload: ");
	registry_changes(now, next, &out);
	check_text("changes", out.data, "reload: a: 2 rows (1 before), b: gone, c: gone");
	buf_reset(&out);
	buf_puts(&out, "reload: ");
	registry_changes(next, now, &out);
	check_text("back", out.data, "reload: a: 1 row (2 before), b: 1 row (new), c: 1 row (new)");
	buf_reset(&out);
	buf_puts(&out, "reload: ");
	registry_changes(now, now, &out);
	check_text("none", out.data, "reload: the same layers");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_first_gone),
		cmocka_unit_test(test_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
