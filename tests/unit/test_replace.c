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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
