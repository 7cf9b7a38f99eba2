// SPDX-License-Identifier: MIT
#include "compare_cases.h"

#include <errno.h>

static const struct compare_case cases[] = {
	{ "what is gone before what has moved",
	  "entries: [{ports: 10, " P "q}, {ports: 10, " P "p}]", "entries: [{ports: 30, " P "p}]",
	  0, 0,
	  "- tcp 10 q\n~ tcp 10 -> 30 p: the same process, another port\n"
	  "0 added, 1 removed, 0 changed, 1 moved\n" },
	{ "as the rows stand, not as they are matched",
	  "entries: [{ports: 80, " P "x}, {ports: 80, " P "p}]",
	  "entries: [{ports: 80, " P "p, team: t}, {ports: 80, " P "y}]", 0, 0,
	  "~ tcp 80 x\n    process: x -> y\n~ tcp 80 p\n    team: - -> t\n"
	  "0 added, 0 removed, 2 changed, 0 moved\n" },
	{ "what is gone before what is another",
	  "entries: [{ports: 80, " P "p, team: t}, {ports: 80, " P "q}]",
	  "entries: [{ports: 80, " P "p}]", 0, 0,
	  "- tcp 80 q\n~ tcp 80 p\n    team: t -> -\n0 added, 1 removed, 1 changed, 0 moved\n" },
	{ "nothing", "", "", 0, 0, NULL },
	{ "the same", "entries: [{ports: 80, " P "p}]", "entries: [{ports: 80, " P "p}]", 0, 0,
	  NULL },
	{ "removed", "entries: [{ports: 80, " P "p, team: t, scope: localhost, role: worker}]", "",
	  0, 0,
	  "- tcp 80 p (worker, localhost, team t)\n0 added, 1 removed, 0 changed, 0 moved\n" },
	{ "added", "", "entries: [{ports: 80-81, protocol: udp, process: p}]", 0, 0,
	  "+ udp 80-81 p\n1 added, 0 removed, 0 changed, 0 moved\n" },
	{ "another protocol", "entries: [{ports: 80, protocol: tcp, process: p}]",
	  "entries: [{ports: 80, protocol: sctp, process: p}]", 0, 0,
	  "- tcp 80 p\n+ sctp 80 p\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "other kinds",
	  "ranges: [{ports: 1-9, protocol: tcp, note: n}]\nretired: [{ports: 80, " P
	  "p, removed: \"4.1\"}]\nexceptions: [{ports: 81, protocol: tcp, class: scope, until: "
	  "2027-01-01, "
	  "reason: r}]",
	  "ranges: [{ports: 1-8, protocol: tcp, note: n}]\nretired: [{ports: 80, " P
	  "p, removed: \"4.2\"}]\nexceptions: [{ports: 81, protocol: tcp, class: owner, until: "
	  "2027-01-02, "
	  "reason: q}]",
	  0, 0,
	  "- tcp 9 range\n~ tcp 80 retired p\n    removed: 4.1 -> 4.2\n~ tcp 81 exception\n"
	  "    class: scope -> owner\n    until: 2027-01-01 -> 2027-01-02\n    reason: r -> q\n"
	  "0 added, 1 removed, 2 changed, 0 moved\n" },
	{ "an entry that was retired", "entries: [{ports: 80, " P "p}]",
	  "retired: [{ports: 80, " P "p, removed: \"4.1\"}]", 0, 0,
	  "- tcp 80 p\n+ tcp 80 retired p\n1 added, 1 removed, 0 changed, 0 moved\n" },
};

static void test_cases(void **state)
{
	(void)state;
	check_cases(cases, ARRAY_LEN(cases));
}

/* What a later layer dropped is not there. */
static void test_dropped(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 1, protocol: tcp, process: p}, {ports: 2, "
		"protocol: tcp, process: q}]}",
		"{version: 1, name: b, drop: [{ports: 1, protocol: tcp, reason: r}]}",
	};
	_cleanup_(registry_freep) struct registry *a = NULL, *b = NULL;
	_cleanup_differences_ struct differences d = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	a = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	b = registry_of_lists("entries: [{ports: 2, protocol: tcp, process: q}]");
	d = differences_of(a, COMPARE_FILES, b, COMPARE_FILES);
	check_u64("no difference", d.len, 0);
}

/* By protocol, port, kind and what it is; then as the rows stand, layer by layer. */
static void test_order(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 80, protocol: udp, process: u}, "
		"{ports: 80, " P "q}, {ports: 80, " P "p}, {ports: 79, " P "z}], "
		"retired: [{ports: 80, " P "r, removed: '4.1'}], "
		"ranges: [{ports: 80, protocol: tcp}]}",
		"{version: 1, name: b, entries: [{ports: 80, " P "b}]}",
	};
	static const char want[] = "0 tcp 79 z\n0 tcp 80 q\n0 tcp 80 p\n0 tcp 80 b\n"
				   "0 tcp 80 retired r\n0 tcp 80 range\n0 udp 80 u\n";
	_cleanup_(registry_freep) struct registry *a = NULL, *none = registry_of_lists("");
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	a = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	for (int way = 0; way < 2; way++) {
		_cleanup_differences_ struct differences d =
			way ? differences_of(none, 0, a, 0) : differences_of(a, 0, none, 0);
		_cleanup_buf_ struct buf out = { 0 };

		for (size_t i = 0; i < d.len; i++) {
			const struct reg_row *row = difference_row(&d.items[i]);

			buf_printf(&out, "%d %s %u%s%s", d.items[i].type == DIFFERENCE_CHANGED,
				   word_proto(row->proto), row->first, row->kind ? " " : "",
				   row->kind ? word_kind(row->kind) : "");
			buf_printf(&out, "%s%s\n", row->process ? " " : "",
				   row->process ? row->process : "");
		}
		check_text(way ? "added" : "removed", out.data, want);
	}
}

/* As the layers stand, not as their rows are matched. */
static void test_layers(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 80, " P "x}]}",
		"{version: 1, name: b, entries: [{ports: 80, " P "p}]}",
	};
	_cleanup_(registry_freep) struct registry *b =
		registry_of_lists("entries: [{ports: 80, " P "p, team: t}, {ports: 80, " P "y}]");
	_cleanup_(registry_freep) struct registry *a = NULL;
	_cleanup_differences_ struct differences d = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	a = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	d = differences_of(a, 0, b, 0);
	check_u64("changed", d.len, 2);
	check_text("the first layer", d.items[0].from->process, "x");
	check_text("the second", d.items[1].from->process, "p");
}

/* Staggered ranges that all overlap: it gives up, rather than go on for hours. */
static void test_bound(void **state)
{
	const struct compare_side none = { .registry = &(struct registry) { 0 } };
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	struct differences d = { .len = 77 };
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_row rows[512];

	(void)state;
	assert_non_null(reg);
	for (uint16_t i = 0; i < ARRAY_LEN(rows); i++)
		rows[i] = (struct reg_row) {
			.kind = REG_RANGE,
			.first = i + 1,
			.last = i + 40001,
		};
	assert_int_equal(registry_add(reg, layer_of_rows("a", rows, ARRAY_LEN(rows)), &diags), 0);
	check_int("given up", compare(&(struct compare_side) { reg, 0 }, &none, &d), -E2BIG);
	check_int("the other way", compare(&none, &(struct compare_side) { reg, 0 }, &d), -E2BIG);
	check_u64("nothing is returned", d.len, 77);
}

/* ---- generated registries ----------------------------------------------------------------------
 */
#define MOST 24 /* ports */
#define ROWS 6	/* of a kind and protocol, at most */

/* xorshift: the same registries in every run. */
static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % n;
}

static struct reg_row random_row(uint32_t *seed, enum reg_kind kind)
{
	static const char *const names[] = { "p", "q", "P" };
	uint16_t first = (uint16_t)(1 + random_below(seed, MOST));
	struct reg_row row = {
		.kind = kind,
		.first = first,
		.last = (uint16_t)(first + random_below(seed, 5)),
		.proto = (uint8_t)random_below(seed, 2),
		.role = (uint8_t)random_below(seed, 2),
		.process = strdup(names[random_below(seed, ARRAY_LEN(names))]),
	};

	assert_non_null(row.process);
	return row;
}

struct made {
	struct reg_row rows[2 * REG_KIND_MAX * ROWS * 8];
	size_t len;
};

static void random_rows(uint32_t *seed, struct made *made)
{
	made->len = 0;
	for (int kind = REG_ENTRY; kind <= REG_RETIRED; kind++)
		for (uint32_t i = random_below(seed, ROWS); i > 0; i--)
			made->rows[made->len++] = random_row(seed, (enum reg_kind)kind);
}

/* The same rows the other way round, each cut in two where it has more than one port. */
static void cut_rows(const struct made *from, struct made *made)
{
	made->len = 0;
	for (int kind = REG_ENTRY; kind <= REG_RETIRED; kind++)
		for (size_t i = from->len; i-- > 0;) {
			struct reg_row row = from->rows[i], rest = row;

			if (row.kind != (enum reg_kind)kind)
				continue;
			rest.first = (uint16_t)(row.first + (row.last - row.first) / 2 + 1);
			row.last = (uint16_t)(rest.first - 1);
			row.process = strdup(row.process);
			made->rows[made->len++] = row;
			if (rest.first > rest.last)
				continue;
			rest.process = strdup(rest.process);
			made->rows[made->len++] = rest;
		}
}

static struct registry *registry_of_made(const struct made *made)
{
	struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };

	assert_non_null(reg);
	assert_int_equal(registry_add(reg, layer_of_rows("t", made->rows, made->len), &diags), 0);
	return reg;
}

static int rows_of(const struct registry *reg, enum reg_kind kind, uint8_t proto, uint16_t port)
{
	const struct reg_layer *layer = &reg->layers[0];
	int n = 0;

	for (size_t i = 0; i < layer->len; i++) {
		const struct reg_row *row = &layer->rows[i];

		n += row->kind == kind && row->proto == proto && row->first <= port &&
		     port <= row->last;
	}
	return n;
}

static bool is_within(uint16_t port, uint16_t first, uint16_t last)
{
	return first <= port && port <= last;
}

/* How many rows of a port the differences add, less those that they take. */
static int balance(const struct differences *d, enum reg_kind kind, uint8_t proto, uint16_t port)
{
	int n = 0;

	for (size_t i = 0; i < d->len; i++) {
		const struct difference *one = &d->items[i];
		const struct reg_row *row = difference_row(one);
		bool here = is_within(port, one->first, one->last);

		if (row->kind != kind || row->proto != proto)
			continue;
		if (one->type == DIFFERENCE_ADDED)
			n += here;
		if (one->type == DIFFERENCE_REMOVED || one->type == DIFFERENCE_MOVED)
			n -= here;
		if (one->type == DIFFERENCE_MOVED)
			n += is_within(port, one->to_first, one->to_last);
	}
	return n;
}

/* What is added and removed is what one side has more than the other, port by port. */
static void check_balance(const struct registry *a, const struct registry *b)
{
	_cleanup_differences_ struct differences d = differences_of(a, 0, b, 0);

	for (int kind = REG_ENTRY; kind <= REG_RETIRED; kind++)
		for (uint8_t proto = 0; proto < 2; proto++)
			for (uint16_t port = 1; port <= MOST + 5; port++)
				check_int("rows", balance(&d, (enum reg_kind)kind, proto, port),
					  rows_of(b, (enum reg_kind)kind, proto, port) -
						  rows_of(a, (enum reg_kind)kind, proto, port));
}

static void test_generated(void **state)
{
	uint32_t seed = 20261130;

	(void)state;
	for (int i = 0; i < 60; i++) {
		_cleanup_(registry_freep) struct registry *a = NULL, *b = NULL, *cut = NULL;
		_cleanup_differences_ struct differences none = { 0 };
		struct made made, pieces;

		random_rows(&seed, &made);
		cut_rows(&made, &pieces);
		a = registry_of_made(&made);
		cut = registry_of_made(&pieces);
		random_rows(&seed, &made);
		b = registry_of_made(&made);
		none = differences_of(a, 0, cut, 0);
		check_u64("how rows are cut makes no difference", none.len, 0);
		check_balance(a, b);
		check_balance(b, cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases), cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_order), cmocka_unit_test(test_layers),
		cmocka_unit_test(test_bound), cmocka_unit_test(test_generated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
