// SPDX-License-Identifier: MIT
#include "registry_cases.h"

#include "../../bpf/abi.h"
#include "../../user/registry/next.h"

#define R "ranges: [{ports: 9000-9999, protocol: tcp}]\n"
#define E "process: p, protocol: tcp, ports: "
#define X "protocol: tcp, class: unregistered, until: 2099-01-01, reason: r, ports: "

/* What is proposed, in order, as "9000 9001(close to a neighbour)"; NULL: anything. */
static const struct {
	const char *name, *lists;
	struct next_query query;
	const char *want;
} cases[] = {
	{ "no range is documented", "", { .first = 1, .last = 65535, .count = 1 }, "" },
	{ "the first of the range", R, { .first = 1, .last = 65535, .count = 2 }, "9000 9001" },
	{ "only of these", R, { .first = 9500, .last = 9501, .count = 9 }, "9500 9501" },
	{ "of no use to another protocol",
	  R,
	  { .proto = HP_PROTO_UDP, .first = 1, .last = 65535, .count = 1 },
	  "" },
	{ "outside the range", R, { .first = 1024, .last = 8999, .count = 3 }, "" },
	{ "full", R "entries: [{" E "9000-9999}]", { .first = 1, .last = 65535, .count = 1 }, "" },
	{ "all but one",
	  R "entries: [{" E "9000-9499}, {" E "9501-9999}]",
	  { .first = 1, .last = 65535, .count = 2 },
	  "9500(close to a neighbour)" },
	{ "for localhost a port is taken, too",
	  R "entries: [{" E "9000, scope: localhost}]",
	  { .first = 9000, .last = 9000, .count = 1 },
	  "" },
	{ "for another role a port is taken, too",
	  R "entries: [{" E "9000, role: worker, platforms: [aws]}]",
	  { .first = 9000, .last = 9000, .count = 1 },
	  "" },
	{ "not beside a neighbour",
	  R "entries: [{" E "9003}]",
	  { .first = 9000, .last = 9007, .count = 9 },
	  "9000 9006 9007 9001(close to a neighbour) 9005(close to a neighbour)"
	  " 9002(close to a neighbour) 9004(close to a neighbour)" },
	{ "further from one that grows",
	  R "entries: [{" E "9000-9004}]",
	  { .first = 9005, .last = 9011, .count = 3 },
	  "9010 9011 9009(close to a neighbour)" },
	{ "but not for ever",
	  R "entries: [{" E "9000-9199}]",
	  { .first = 9200, .last = 9999, .count = 1 },
	  "9216" },
	{ "an exception is somebody's",
	  R "exceptions: [{" X "9000-9002}]",
	  { .first = 9000, .last = 9004, .count = 1 },
	  "9004(close to a neighbour)" },
	{ "retired",
	  R "retired: [{" E "9000, removed: '4.1'}]",
	  { .first = 9000, .last = 9001, .count = 2 },
	  "9001" },
	{ "retired ones, too",
	  R "retired: [{" E "9000, removed: '4.1'}]",
	  { .retired = true, .first = 9000, .last = 9001, .count = 2 },
	  "9001 9000(retired)" },
	{ "retired and registered again",
	  R "retired: [{" E "9000, removed: '4.1'}]\nentries: [{" E "9000}]",
	  { .retired = true, .first = 9000, .last = 9000, .count = 2 },
	  "" },
	{ "another protocol's",
	  R "entries: [{process: p, protocol: udp, ports: 9000}]",
	  { .first = 9000, .last = 9003, .count = 4 },
	  "9003 9002(close to a neighbour) 9001(close to a neighbour)"
	  " 9000(another protocol's)" },
	{ "a small range is somebody's",
	  "ranges: [{ports: 6443, protocol: tcp}, {ports: 9000-9099, protocol: tcp}]",
	  { .first = 1, .last = 9000, .count = 4 },
	  "9000 6443(of a small range)" },
	{ "unless it is in a wide one",
	  "ranges: [{ports: 9000, protocol: tcp}, {ports: 9000-9099, protocol: tcp}]",
	  { .first = 1, .last = 9000, .count = 4 },
	  "9000" },
	{ "privileged",
	  "ranges: [{ports: 1-1025, protocol: tcp}]",
	  { .first = 1, .last = 65535, .count = 9 },
	  "1024 1025" },
	{ "node ports and ephemeral ones",
	  "ranges: [{ports: 29999-61000, protocol: tcp}]",
	  { .first = 1, .last = 65535, .count = 9 },
	  "29999 61000" },
	{ "for localhost",
	  R,
	  { .localhost = true, .first = 8999, .last = 10001, .count = 9 },
	  "10000 10001 8999(a low port)" },
	{ "for localhost, from 1024 on",
	  "",
	  { .localhost = true, .first = 1, .last = 1025, .count = 9 },
	  "1024(a low port) 1025(a low port)" },
	{ "for localhost, all of them",
	  "entries: [{" E "1-29999}, {" E "61000-65534}]",
	  { .localhost = true, .first = 1, .last = 65535, .count = 9 },
	  "65535(close to a neighbour)" },
	{ "the last port",
	  "ranges: [{ports: 65500-65535, protocol: tcp}]",
	  { .first = 65535, .last = 65535, .count = 9 },
	  "65535(of a small range)" },
	{ "none wanted", R, { .first = 1, .last = 65535 }, "" },
};

static void put_port(const struct next_port *p, struct buf *out)
{
	const char *before = "(";

	buf_printf(out, "%s%u", out->len ? " " : "", p->port);
	for (unsigned int but = 0; but < NEXT_BUT_MAX; but++) {
		if (!(p->buts & 1U << but))
			continue;
		buf_printf(out, "%s%s", before, next_but_words(but));
		before = ", ";
	}
	if (p->buts)
		buf_putc(out, ')');
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(cases[i].lists);
		_cleanup_next_ struct next_ports ports = { 0 };
		_cleanup_buf_ struct buf got = { 0 };

		check_int(cases[i].name, next_find(reg, &cases[i].query, &ports), 0);
		for (size_t p = 0; p < ports.len; p++)
			put_port(&ports.list[p], &got);
		check_text(cases[i].name, got.data ? got.data : "", cases[i].want);
	}
}

/* What only a later layer makes: the port of a dropped row comes last. */
static void test_dropped(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, ranges: [{ports: 9000-9099, protocol: tcp}],"
		" entries: [{ports: 9000, protocol: tcp, process: p}, "
		"{ports: 9001, protocol: udp, process: p}]}",
		"{version: 1, name: b, drop: [{ports: 9000, protocol: tcp, layer: a, reason: r}, "
		"{ports: 9001, protocol: udp, reason: r}]}",
	};
	const struct next_query query = { .first = 9000, .last = 9001, .count = 2 };
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_next_ struct next_ports ports = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	check_int("found", next_find(reg, &query, &ports), 0);
	check_u64("two", ports.len, 2);
	check_int("first", ports.list[0].port, 9001);
	check_u64("nothing against it", ports.list[0].buts, 0);
	check_int("then", ports.list[1].port, 9000);
	check_u64("dropped", ports.list[1].buts, 1U << NEXT_BUT_DROPPED);
	check_int("no neighbours", ports.list[0].below + ports.list[0].above, 0);
}

/* ---- generated registries, against a reference that walks the rows for each port ------------- */
static uint32_t random_below(uint32_t *state, uint32_t n)
{
	*state = *state * 1664525U + 1013904223U;
	return (*state >> 8) % n;
}

/* Rows between 8950 and 9150, where the ranges begin and end. */
static void generate(uint32_t *state, struct buf *out)
{
	static const char *const protos[] = { "tcp", "udp" };
	static const char *const kinds[] = { "ranges", "entries", "retired", "exceptions" };
	static const char *const rest[] = {
		"",
		", process: p",
		", process: p, removed: '4.1'",
		", class: scope, until: 2099-01-01, reason: r",
	};

	for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
		buf_printf(out, "%s: [", kinds[kind]);
		for (uint32_t i = 0, n = random_below(state, 5); i < n; i++) {
			uint32_t first = 8950 + random_below(state, 200);
			uint32_t last = first + random_below(state, kind ? 8 : 150);

			buf_printf(out, "%s{ports: %u-%u, protocol: %s%s}", i ? ", " : "", first,
				   last, protos[random_below(state, 2)], rest[kind]);
		}
		buf_puts(out, "]\n");
	}
}

static bool names(const struct registry *reg, unsigned int kinds, int proto, uint32_t port)
{
	const struct reg_layer *layer = &reg->layers[0];

	for (size_t i = 0; i < layer->len; i++) {
		const struct reg_row *row = &layer->rows[i];

		if (kinds & 1U << row->kind && (proto < 0 || row->proto == proto) &&
		    row->first <= port && port <= row->last)
			return true;
	}
	return false;
}

#define TAKEN (1U << REG_ENTRY | 1U << REG_EXCEPTION)

/* All rows of generated registries are between these, and so is what is looked at. */
#define LEAST 8900U
#define MOST  9400U

/* A registry, and of each port whether somebody has it. */
struct reference {
	const struct registry *reg;
	bool taken[MOST + 1];
};

static void look(struct reference *ref, const struct registry *reg)
{
	ref->reg = reg;
	for (uint32_t port = LEAST; port <= MOST; port++)
		ref->taken[port] = names(reg, TAKEN, -1, port);
}

static bool is_neighbour(const struct reference *ref, uint32_t port)
{
	return ref->taken[port];
}

/* How far a port is to be kept from: as far as its row of neighbours is long. */
static uint32_t apart_of(const struct reference *ref, uint32_t port)
{
	uint32_t run = 1;

	for (uint32_t p = port - 1; is_neighbour(ref, p); p--)
		run++;
	for (uint32_t p = port + 1; is_neighbour(ref, p); p++)
		run++;
	return run < 2 ? 2 : run > 16 ? 16 : run;
}

static uint32_t crowd_of(const struct reference *ref, uint32_t port)
{
	uint32_t most = 0;

	for (int side = -1; side <= 1; side += 2)
		for (uint32_t between = 0; between < 16; between++) {
			uint32_t p = port + (uint32_t)(side * (int)(between + 1));

			if (!is_neighbour(ref, p))
				continue;
			if (apart_of(ref, p) > between && apart_of(ref, p) - between > most)
				most = apart_of(ref, p) - between;
			break;
		}
	return most;
}

static bool in_small_range_only(const struct registry *reg, uint8_t proto, uint32_t port)
{
	const struct reg_layer *layer = &reg->layers[0];
	bool small = false;

	for (size_t i = 0; i < layer->len; i++) {
		const struct reg_row *row = &layer->rows[i];

		if (row->kind != REG_RANGE || row->proto != proto || row->first > port ||
		    port > row->last)
			continue;
		if (row->last - row->first >= 99)
			return false;
		small = true;
	}
	return small;
}

/* UINT64_MAX: it can't be proposed. */
static uint64_t cost_of(const struct reference *ref, const struct next_query *q, uint32_t port)
{
	const struct registry *reg = ref->reg;
	uint8_t other = q->proto == HP_PROTO_TCP ? HP_PROTO_UDP : HP_PROTO_TCP;
	bool retired = names(reg, 1U << REG_RETIRED, q->proto, port);
	uint64_t cost = 0;

	if (names(reg, TAKEN, q->proto, port) || (retired && !q->retired) ||
	    names(reg, 1U << REG_RANGE, q->proto, port) == q->localhost)
		return UINT64_MAX;
	cost = cost * 2 + retired;
	cost = cost * 2 + (!q->localhost && in_small_range_only(reg, q->proto, port));
	cost = cost * 2 + names(reg, TAKEN, other, port);
	cost = cost * 2 + q->localhost; /* all of these ports are low ones */
	return cost * 100 + crowd_of(ref, port);
}

static void check_against_reference(const struct reference *ref, const struct next_query *q)
{
	_cleanup_next_ struct next_ports ports = { 0 };
	uint64_t last_cost = 0, cost;
	uint32_t last_port = 0;
	size_t may_be = 0;

	assert_int_equal(next_find(ref->reg, q, &ports), 0);
	for (uint32_t port = q->first; port <= q->last; port++)
		may_be += cost_of(ref, q, port) != UINT64_MAX;
	check_u64("how many", ports.len, may_be);
	for (size_t i = 0; i < ports.len; i++) {
		uint32_t port = ports.list[i].port, below = port - 1, above = port + 1;

		cost = cost_of(ref, q, port);
		assert_true(cost != UINT64_MAX);
		assert_true(cost > last_cost || (cost == last_cost && port > last_port));
		while (below >= LEAST && !is_neighbour(ref, below))
			below--;
		while (above <= MOST && !is_neighbour(ref, above))
			above++;
		check_u64("below", ports.list[i].below, below < LEAST ? 0 : below);
		check_u64("above", ports.list[i].above, above > MOST ? 0 : above);
		last_cost = cost;
		last_port = port;
	}
}

static void test_generated(void **state)
{
	uint32_t random = 7;

	(void)state;
	for (unsigned int i = 0; i < 60; i++) {
		_cleanup_buf_ struct buf lists = { 0 };
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_free_ struct reference *ref = calloc(1, sizeof(*ref));

		assert_non_null(ref);
		generate(&random, &lists);
		reg = registry_of_lists(lists.data);
		look(ref, reg);
		for (unsigned int kind = 0; kind < 8; kind++) {
			struct next_query q = {
				.proto = kind & 1 ? HP_PROTO_UDP : HP_PROTO_TCP,
				.localhost = kind & 2,
				.retired = kind & 4,
				.first = 8940,
				.last = 9310,
				.count = 65535,
			};

			check_against_reference(ref, &q);
		}
	}
}

/* The registry that ships: what is proposed is in the range of general use, and is nobody's. */
static void test_builtins(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	const struct next_query query = { .first = 1, .last = 65535, .count = 20 };
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_next_ struct next_ports ports = { 0 };

	(void)state;
	for (size_t i = 0; i < REG_BUILTINS; i++) {
		const struct reg_builtin *b = &registry_builtins()[i];

		assert_int_equal(registry_add(reg, layer_of(b->name, b->text), &diags), 0);
	}
	assert_int_equal(next_find(reg, &query, &ports), 0);
	check_u64("all", ports.len, 20);
	for (size_t i = 0; i < ports.len; i++) {
		assert_in_range(ports.list[i].port, 9000, 9999);
		for (size_t l = 0; l < reg->len; l++)
			for (size_t r = 0; r < reg->layers[l].len; r++) {
				const struct reg_row *row = &reg->layers[l].rows[r];

				if (row->kind != REG_RANGE && row->kind != REG_ACCEPT)
					assert_false(row->first <= ports.list[i].port &&
						     ports.list[i].port <= row->last);
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_generated),
		cmocka_unit_test(test_builtins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
