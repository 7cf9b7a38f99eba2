// SPDX-License-Identifier: MIT
#include "registry_cases.h"

#include "../../user/policy/resolve.h"

#define ROW(keys)     "{ports: 80, protocol: tcp, process: p" keys "}"
#define ENTRIES(rows) "entries: [" rows "]\n"
#define RETIRED(keys) "retired: [{ports: 80, protocol: tcp, process: p" keys "}]\n"

struct class_case {
	const char *lists;
	struct node_facts facts;
	uint8_t cls;
};

#define FACTS(r, p, major, minor)                                                                  \
	{                                                                                          \
		.role = REG_ROLE_##r, .platform = p, .cluster = { major, minor }                   \
	}
#define NO_FACTS FACTS(ANY, NULL, 0, 0)

static const struct class_case class_cases[] = {
	{ ENTRIES(ROW("")), NO_FACTS, HP_CLASS_NONE },
	{ ENTRIES(ROW("")), FACTS(WORKER, "aws", 4, 18), HP_CLASS_NONE },
	{ ENTRIES(ROW(", scope: localhost")), NO_FACTS, HP_CLASS_NONE },
	/* Versions. */
	{ ENTRIES(ROW(", since: '4.10'")), NO_FACTS, HP_CLASS_NONE },
	{ ENTRIES(ROW(", since: '4.10'")), FACTS(ANY, NULL, 4, 9), HP_CLASS_INACTIVE },
	{ ENTRIES(ROW(", since: '4.10'")), FACTS(ANY, NULL, 4, 10), HP_CLASS_NONE },
	{ ENTRIES(ROW(", since: '4.10'")), FACTS(ANY, NULL, 5, 0), HP_CLASS_NONE },
	{ ENTRIES(ROW(", since: '4.10'")), FACTS(ANY, NULL, 3, 11), HP_CLASS_INACTIVE },
	/* Roles. */
	{ ENTRIES(ROW(", role: control-plane")), NO_FACTS, HP_CLASS_NONE },
	{ ENTRIES(ROW(", role: control-plane")), FACTS(CONTROL_PLANE, NULL, 0, 0), HP_CLASS_NONE },
	{ ENTRIES(ROW(", role: control-plane")), FACTS(WORKER, NULL, 0, 0), HP_CLASS_INACTIVE },
	{ ENTRIES(ROW(", role: worker")), FACTS(CONTROL_PLANE, NULL, 0, 0), HP_CLASS_INACTIVE },
	{ ENTRIES(ROW(", role: any")), FACTS(WORKER, NULL, 0, 0), HP_CLASS_NONE },
	/* Platforms. */
	{ ENTRIES(ROW(", platforms: [aws, gcp]")), NO_FACTS, HP_CLASS_NONE },
	{ ENTRIES(ROW(", platforms: [aws, gcp]")), FACTS(ANY, "gcp", 0, 0), HP_CLASS_NONE },
	{ ENTRIES(ROW(", platforms: [aws, gcp]")), FACTS(ANY, "azure", 0, 0), HP_CLASS_INACTIVE },
	{ ENTRIES(ROW(", platforms: []")), FACTS(ANY, "azure", 0, 0), HP_CLASS_NONE },
	/* Owners are anybody, in this version. */
	{ ENTRIES(ROW(", owners: [{unit: x.service}]")), NO_FACTS, HP_CLASS_NONE },
	/* Retired rows. */
	{ RETIRED(", removed: '4.11'"), NO_FACTS, HP_CLASS_RETIRED },
	{ RETIRED(", removed: '4.11'"), FACTS(ANY, NULL, 4, 11), HP_CLASS_RETIRED },
	{ RETIRED(", removed: '4.11'"), FACTS(ANY, NULL, 4, 18), HP_CLASS_RETIRED },
	{ RETIRED(", removed: '4.11'"), FACTS(ANY, NULL, 4, 10), HP_CLASS_NONE },
	{ RETIRED(", removed: '4.11', since: '4.4'"), FACTS(ANY, NULL, 4, 3), HP_CLASS_INACTIVE },
	{ RETIRED(", removed: '4.11', role: control-plane"), FACTS(WORKER, NULL, 4, 10),
	  HP_CLASS_INACTIVE },
	{ RETIRED(", removed: '4.11', role: control-plane"), FACTS(WORKER, NULL, 0, 0),
	  HP_CLASS_RETIRED },
};

static void test_row_class(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(class_cases); i++) {
		const struct class_case *c = &class_cases[i];
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->lists);

		check_int(c->lists, policy_row_class(&reg->layers[0].rows[0], &c->facts), c->cls);
	}
}

struct pick_case {
	const char *name;
	const char *lists;
	uint16_t port;
	uint32_t row[HP_SCOPE_MAX]; /* external, localhost */
	uint8_t cls[HP_SCOPE_MAX];
	uint16_t excepted;
	bool none; /* nothing is said of the port */
};

#define P(n, keys)    "{ports: " n ", protocol: tcp, process: p" keys "},"
#define R(n)	      "{ports: " n ", protocol: tcp, process: p, removed: '4.1'},"
#define X(n, c, keys) "{ports: " n ", protocol: tcp, class: " c ", reason: r, until: " keys "},"
#define LOCAL	      ", scope: localhost"
#define OTHER	      ", role: control-plane" /* the node is a worker */
#define BIT(c)	      (1U << HP_CLASS_##c)
#define CLS(e, l)                                                                                  \
	{                                                                                          \
		HP_CLASS_##e, HP_CLASS_##l                                                         \
	}

static const struct pick_case pick_cases[] = {
	{ "nothing", ENTRIES(P("80", "")), 81, { 0 }, { 0 }, 0, true },
	{ "one", ENTRIES(P("80", "")), 80, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "one for localhost", ENTRIES(P("80", LOCAL)), 80, { 1, 1 }, CLS(SCOPE, NONE), 0, false },
	{ "inactive", ENTRIES(P("80", OTHER)), 80, { 1, 1 }, CLS(INACTIVE, INACTIVE), 0, false },
	{ "inactive before localhost",
	  ENTRIES(P("80", OTHER LOCAL)),
	  80,
	  { 1, 1 },
	  CLS(INACTIVE, INACTIVE),
	  0,
	  false },
	{ "retired", "retired: [" R("80") "]", 80, { 1, 1 }, CLS(RETIRED, RETIRED), 0, false },
	/* The most permissive. */
	{ "an overlay opens a localhost row",
	  ENTRIES(P("80", LOCAL) P("80", "")),
	  80,
	  { 2, 2 - 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "allowed over inactive",
	  ENTRIES(P("80", OTHER) P("80", "")),
	  80,
	  { 2, 2 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "scope over inactive",
	  ENTRIES(P("80", OTHER) P("80", LOCAL)),
	  80,
	  { 2, 2 },
	  CLS(SCOPE, NONE),
	  0,
	  false },
	{ "active over retired",
	  ENTRIES(P("80", "")) "retired: [" R("80") "]",
	  80,
	  { 1, 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "inactive over retired",
	  ENTRIES(P("80", OTHER)) "retired: [" R("80") "]",
	  80,
	  { 1, 1 },
	  CLS(INACTIVE, INACTIVE),
	  0,
	  false },
	{ "wide but permissive",
	  ENTRIES(P("80", LOCAL) P("1-65535", "")),
	  80,
	  { 2, 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	/* Ties. */
	{ "the narrower",
	  ENTRIES(P("70-90", "") P("79-81", "")),
	  80,
	  { 2, 2 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "outside the narrower",
	  ENTRIES(P("70-90", "") P("79-81", "")),
	  82,
	  { 1, 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "the earlier",
	  ENTRIES(P("80", "") P("80", "")),
	  80,
	  { 1, 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	/* Ends of ranges, and of ports. */
	{ "first of a range", ENTRIES(P("70-90", "")), 70, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "last of a range", ENTRIES(P("70-90", "")), 90, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "before a range", ENTRIES(P("70-90", "")), 69, { 0 }, { 0 }, 0, true },
	{ "after a range", ENTRIES(P("70-90", "")), 91, { 0 }, { 0 }, 0, true },
	{ "first port", ENTRIES(P("1-65535", "")), 1, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "last port", ENTRIES(P("1-65535", "")), 65535, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "no port 0", ENTRIES(P("1-65535", "")), 0, { 0 }, { 0 }, 0, true },
	/* Exceptions. */
	{ "excepted alone",
	  "exceptions: [" X("80", "unregistered", "2027-04-01") "]",
	  80,
	  { 0 },
	  CLS(UNREGISTERED, UNREGISTERED),
	  BIT(UNREGISTERED),
	  false },
	{ "excepted on its last day",
	  "exceptions: [" X("80", "scope", "2027-03-31") "]",
	  80,
	  { 0 },
	  CLS(UNREGISTERED, UNREGISTERED),
	  BIT(SCOPE),
	  false },
	{ "over",
	  "exceptions: [" X("80", "unregistered", "2027-03-30") "]",
	  80,
	  { 0 },
	  { 0 },
	  0,
	  true },
	{ "for owners",
	  "exceptions: [" X("80", "unregistered", "2028-01-01, owners: [{unit: u}]") "]",
	  80,
	  { 0 },
	  { 0 },
	  0,
	  true },
	{ "ephemeral",
	  "exceptions: [" X("80", "ephemeral", "2028-01-01") "]",
	  80,
	  { 0 },
	  { 0 },
	  0,
	  true },
	{ "excepted row",
	  ENTRIES(P("80", LOCAL)) "exceptions: [" X("70-90", "scope", "2028-01-01")
		  X("80-85", "scope", "2028-01-01") X("80", "retired", "2028-01-01") "]",
	  80,
	  { 1, 1 },
	  CLS(SCOPE, NONE),
	  BIT(SCOPE) | BIT(RETIRED),
	  false },
	{ "ranges say nothing", "ranges: [{ports: 80, protocol: tcp}]", 80, { 0 }, { 0 }, 0, true },
};

static void check_pick(const struct pick_case *c)
{
	const struct node_facts worker = { .role = REG_ROLE_WORKER, .today = { 2027, 3, 31 } };
	_cleanup_free_ struct hp_row *rows = calloc(HP_PORTS, sizeof(*rows));
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->lists);
	_cleanup_(resolve_freep) struct resolve *resolve = NULL;
	const struct hp_row *row = &rows[c->port];

	assert_non_null(rows);
	assert_int_equal(resolve_new(reg, &worker, &resolve), 0);
	check_int(c->name, resolve_names(resolve, HP_PROTO_TCP), true);
	resolve_proto(resolve, HP_PROTO_TCP, rows);
	check_int(c->name, !resolve_is_row(row), c->none);
	for (int s = 0; s < HP_SCOPE_MAX; s++) {
		check_int(c->name, row->row[s], c->row[s]);
		check_int(c->name, row->cls[s], c->cls[s]);
	}
	check_int(c->name, row->excepted, c->excepted);
	for (uint8_t proto = HP_PROTO_UDP; proto < HP_PROTO_MAX; proto++) {
		check_int(c->name, resolve_names(resolve, proto), false);
		resolve_proto(resolve, proto, rows);
		check_int("nothing of the last protocol is left", resolve_is_row(row), false);
	}
}

static void test_pick(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pick_cases); i++)
		check_pick(&pick_cases[i]);
}

/* The numbers are registry_row()'s, which counts dropped rows and those of all layers. */
static void test_numbers(void **state)
{
	const struct reg_row first[] = {
		{ .first = 1, .last = 1, .dropped = true },
		{ .first = 2, .last = 2 },
		{ .kind = REG_RANGE, .first = 3, .last = 3 },
	};
	const struct reg_row second[] = {
		{ .first = 4, .last = 4 },
		{ .kind = REG_RETIRED, .first = 5, .last = 5 },
		{ .kind = REG_DROP, .first = 1, .last = 1 },
	};
	static const uint32_t numbers[] = { 0, 0, 2, 0, 3, 4, 0 }; /* by port */
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_free_ struct hp_row *rows = calloc(HP_PORTS, sizeof(*rows));
	_cleanup_(resolve_freep) struct resolve *resolve = NULL;
	const struct node_facts facts = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	assert_true(reg && rows);
	assert_int_equal(registry_add(reg, layer_of_rows("a", first, 3), &diags), 0);
	assert_int_equal(registry_add(reg, layer_of_rows("b", second, 2), &diags), 0);
	assert_int_equal(resolve_new(reg, &facts, &resolve), 0);
	resolve_proto(resolve, HP_PROTO_TCP, rows);
	for (uint16_t port = 0; port < ARRAY_LEN(numbers); port++)
		for (int s = 0; s < HP_SCOPE_MAX; s++)
			check_u64("number", rows[port].row[s], numbers[port]);
}

/* Essential rows for this node, dropped or not; what is not named is nothing to say. */
static void test_essential(void **state)
{
	static const struct reg_row rows[] = {
		{ .first = 1, .last = 2, .essential = true },
		{ .first = 3, .last = 3 },
		{ .first = 4, .last = 4, .role = REG_ROLE_CONTROL_PLANE, .essential = true },
		{ .first = 5, .last = 5, .dropped = true, .essential = true },
		{ .first = 3, .last = 3, .proto = HP_PROTO_UDP, .essential = true },
		{ .first = 65535, .last = 65535, .essential = true },
	};
	static const uint16_t ports[] = { 1, 2, 5, 65535 };
	const struct node_facts worker = { .role = REG_ROLE_WORKER };
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_free_ struct hp_row *got = calloc(HP_PORTS, sizeof(*got));
	_cleanup_(resolve_freep) struct resolve *resolve = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	size_t n = 0;

	(void)state;
	assert_true(reg && got);
	assert_int_equal(registry_add(reg, layer_of_rows("a", rows, ARRAY_LEN(rows)), &diags), 0);
	assert_int_equal(resolve_new(reg, &worker, &resolve), 0);
	resolve_proto(resolve, HP_PROTO_TCP, got);
	for (uint32_t port = 0; port < HP_PORTS; port++)
		n += got[port].essential;
	check_u64("essential", n, ARRAY_LEN(ports));
	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		check_u64("essential", got[ports[i]].essential, 1);
	check_int("a dropped one", resolve_is_row(&got[5]), false);
	check_int("for another node", policy_is_essential(&rows[2], &worker), false);
	check_int("for this one", policy_is_essential(&rows[0], &worker), true);
	check_int("not essential", policy_is_essential(&rows[1], &worker), false);
}

/* A row of either scope, or an exception, is something to say. */
static void test_is_row(void **state)
{
	(void)state;
	check_int("nothing", resolve_is_row(&(struct hp_row) { 0 }), false);
	check_int("outside", resolve_is_row(&(struct hp_row) { .row = { 1, 0 } }), true);
	check_int("localhost", resolve_is_row(&(struct hp_row) { .row = { 0, 1 } }), true);
	check_int("excepted", resolve_is_row(&(struct hp_row) { .excepted = 2 }), true);
	check_int("a class alone", resolve_is_row(&(struct hp_row) { .cls = { 1, 1 } }), false);
}

/* A row's class for the address, all cases. */
static void test_class(void **state)
{
	(void)state;
	for (int scope = 0; scope < HP_SCOPE_MAX; scope++)
		for (uint8_t cls = 0; cls < HP_CLASS_MAX; cls++)
			for (uint8_t asked = 0; asked < HP_SCOPE_MAX; asked++) {
				const struct reg_row row = { .scope = (uint8_t)scope };
				bool outside =
					scope == HP_SCOPE_LOCALHOST && asked == HP_SCOPE_EXTERNAL;

				check_int("class", resolve_class(&row, cls, asked),
					  cls == HP_CLASS_NONE && outside ? HP_CLASS_SCOPE : cls);
			}
}

/* An exception holds up to its last day, for all processes, and of a class that has a port. */
static void test_excepts(void **state)
{
	const struct reg_row holds = {
		.kind = REG_EXCEPTION,
		.cls = HP_CLASS_SCOPE,
		.until = { 2027, 3, 31 },
	};
	const struct node_facts before = { .today = { 2026, 12, 31 } };
	const struct node_facts last = { .today = { 2027, 3, 31 } };
	const struct node_facts after = { .today = { 2027, 4, 1 } };
	struct reg_row owned = holds, ephemeral = holds, entry = holds;

	(void)state;
	owned.owners_len = 1;
	ephemeral.cls = HP_CLASS_EPHEMERAL;
	entry.kind = REG_ENTRY;
	check_int("before", resolve_excepts(&holds, &before), true);
	check_int("on its last day", resolve_excepts(&holds, &last), true);
	check_int("after it", resolve_excepts(&holds, &after), false);
	check_int("with owners", resolve_excepts(&owned, &last), false);
	check_int("of ports that the kernel chooses", resolve_excepts(&ephemeral, &last), false);
	check_int("another kind of row", resolve_excepts(&entry, &last), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row_class), cmocka_unit_test(test_pick),
		cmocka_unit_test(test_numbers),	  cmocka_unit_test(test_class),
		cmocka_unit_test(test_essential), cmocka_unit_test(test_is_row),
		cmocka_unit_test(test_excepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
