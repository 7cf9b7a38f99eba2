// SPDX-License-Identifier: MIT
#include "registry_cases.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/registry/drops.h"

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
	{ "clients",
	  { LAYER("a", "clients: [{ports: 80-89, protocol: tcp, process: p, owners: [{unit: u}]}]"),
	    LAYER("b", "drop: [" DROP("80-89", "") "]") },
	  "x",
	  NULL },
	{ "whole range",
	  { LAYER("a", "entries: [" ENTRY("1-65535", "tcp") "]"),
	    LAYER("b", "drop: [" DROP("1-65535", "") "]") },
	  "x",
	  NULL },
};

static void test_cases(void **state)
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

static struct registry *empty_registry(void)
{
	struct registry *reg = calloc(1, sizeof(*reg));

	assert_non_null(reg);
	return reg;
}

/* ---- generated layers, against a walk over all drops for each row ---------------------------- */
#define PORTS 12
#define ROWS  8 /* of a layer, at most */

/* xorshift: the same layers in every run. */
static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % n;
}

static struct reg_row random_row(uint32_t *seed, enum reg_kind kind)
{
	uint16_t first = (uint16_t)(1 + random_below(seed, PORTS));

	return (struct reg_row) {
		.kind = kind,
		.line = 1,
		.first = first,
		.last = (uint16_t)(first + random_below(seed, 4)),
		.proto = (uint8_t)random_below(seed, 2),
	};
}

/* Rows of each kind that there may be, then drops of all layers or of "a". */
static struct reg_layer *random_layer(uint32_t *seed, const char *name, bool drops)
{
	struct reg_row rows[REG_KIND_MAX * ROWS];
	size_t n = 0;

	for (int kind = 0; kind < REG_KIND_MAX; kind++)
		for (uint32_t i = random_below(seed, ROWS); i > 0 && (drops || kind != REG_DROP);
		     i--) {
			rows[n] = random_row(seed, (enum reg_kind)kind);
			if (kind == REG_DROP && random_below(seed, 2))
				rows[n].layer = strdup("a");
			n++;
		}
	return layer_of_rows(name, rows, n);
}

static bool takes(const struct reg_row *drop, const struct reg_layer *layer,
		  const struct reg_row *row)
{
	return drop->kind == REG_DROP && (!drop->layer || strcmp(drop->layer, layer->name) == 0) &&
	       row->kind <= REG_CLIENT && !row->dropped && row->proto == drop->proto &&
	       drop->first <= row->first && row->last <= drop->last;
}

/* How many rows of the registry the drop takes. */
static size_t count_taken(const struct registry *reg, const struct reg_row *drop)
{
	size_t n = 0;

	for (size_t l = 0; l < reg->len; l++)
		for (size_t i = 0; i < reg->layers[l].len; i++)
			n += takes(drop, &reg->layers[l], &reg->layers[l].rows[i]);
	return n;
}

/* Whether each row of the first two layers is to be dropped: 'x', or '-'. */
static void expect(const struct registry *reg, const struct reg_layer *layer, struct buf *out)
{
	for (size_t l = 0; l < reg->len; l++)
		for (size_t i = 0; i < reg->layers[l].len; i++) {
			const struct reg_row *row = &reg->layers[l].rows[i];
			bool dropped = row->dropped;

			for (size_t j = 0; j < layer->len; j++)
				dropped |= takes(&layer->rows[j], &reg->layers[l], row);
			buf_putc(out, dropped ? 'x' : '-');
		}
}

static void put_dropped(const struct registry *reg, struct buf *out)
{
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < reg->layers[l].len; i++)
			buf_putc(out, reg->layers[l].rows[i].dropped ? 'x' : '-');
}

/* Exchange the rows of a kind, end for end: their order must not matter. */
static void turn(struct reg_layer *layer)
{
	for (size_t i = 0, j; i < layer->len; i = j) {
		for (j = i + 1; j < layer->len && layer->rows[j].kind == layer->rows[i].kind;)
			j++;
		for (size_t a = i, b = j - 1; a < b; a++, b--) {
			struct reg_row row = layer->rows[a];

			layer->rows[a] = layer->rows[b];
			layer->rows[b] = row;
		}
	}
}

/* Whether what a layer says is taken is taken, and nothing else; and the number of its faults. */
static size_t check_generated(uint32_t *seed, bool turned)
{
	_cleanup_(registry_freep) struct registry *reg = empty_registry();
	_cleanup_buf_ struct buf want = { 0 }, got = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_layer *layer;
	size_t faults = 0;
	int r;

	assert_int_equal(registry_add(reg, random_layer(seed, "a", false), &diags), 0);
	assert_int_equal(registry_add(reg, random_layer(seed, "b", false), &diags), 0);
	layer = random_layer(seed, "c", true);
	if (turned)
		turn(layer);
	for (size_t j = 0; j < layer->len; j++)
		faults += layer->rows[j].kind == REG_DROP && !count_taken(reg, &layer->rows[j]);
	if (faults)
		put_dropped(reg, &want); /* nothing is dropped where something is wrong */
	else
		expect(reg, layer, &want);
	r = registry_add(reg, layer, &diags);
	check_int("added", r, faults ? -EINVAL : 0);
	check_u64("faults", diags.total, faults);
	put_dropped(reg, &got);
	check_text("dropped", got.data, want.data);
	return faults;
}

static void test_generated(void **state)
{
	unsigned int good = 0;

	(void)state;
	for (uint32_t i = 1; i <= 100; i++) {
		uint32_t one = i * 2654435761U, two = one;

		if (check_generated(&one, false) == 0)
			good++;
		(void)check_generated(&two, true);
	}
	assert_in_range(good, 10, 90);
}

/* 0, with drops and without; 0 also where there is no row at all. */
static void test_result(void **state)
{
	const struct reg_row row = { .first = 1, .last = 1 };
	const struct reg_row drop = { .kind = REG_DROP, .first = 1, .last = 1 };
	_cleanup_(layer_freep) struct reg_layer *drops = layer_of_rows("d", &drop, 1);
	_cleanup_(layer_freep) struct reg_layer *rows = layer_of_rows("r", &row, 1);
	_cleanup_(layer_freep) struct reg_layer *none = layer_of_rows("n", NULL, 0);
	_cleanup_(registry_freep) struct registry *reg = empty_registry();
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	assert_int_equal(registry_add(reg, layer_of_rows("a", &row, 1), &diags), 0);
	check_int("no rows", drops_apply(reg, none, &diags), 0);
	check_int("no drops", drops_apply(reg, rows, &diags), 0);
	check_int("nothing is dropped", reg->layers[0].rows[0].dropped, false);
	check_int("a drop", drops_apply(reg, drops, &diags), 0);
	check_int("dropped", reg->layers[0].rows[0].dropped, true);
	check_int("there is nothing left", drops_apply(reg, drops, &diags), -EINVAL);
}

/* As many drops as rows, all of them overlapping: a comparison of each with each takes minutes. */
static void test_many(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = empty_registry();
	_cleanup_free_ struct reg_row *rows = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	const size_t n = REGISTRY_ROWS_MAX / 2;

	(void)state;
	rows = calloc(n, sizeof(*rows));
	assert_non_null(rows);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct reg_row) { .first = (uint16_t)(1 + i % 65535), .last = 65535 };
	check_int("rows", registry_add(reg, layer_of_rows("a", rows, n), &diags), 0);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct reg_row) { .kind = REG_DROP, .first = 1, .last = 65535 };
	check_int("drops", registry_add(reg, layer_of_rows("b", rows, n), &diags), 0);
	check_int("all dropped", registry_empty(reg), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_generated),
		cmocka_unit_test(test_result),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
