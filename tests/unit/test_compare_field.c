// SPDX-License-Identifier: MIT
#include "registry_cases.h"

#include "../../user/diff/compare_field.h"

static const struct reg_row *only_row(const struct registry *reg)
{
	return &reg->layers[0].rows[0];
}

struct field_case {
	const char *a, *b; /* lists of one row */
	enum row_field field;
	const char *a_text, *b_text;
};

#define ENTRY(keys)	"entries: [{ports: 1, protocol: tcp, " keys "}]"
#define WITH(keys)	ENTRY("process: p, " keys)
#define EXCEPTION(keys) "exceptions: [{ports: 1, protocol: tcp, " keys "}]"

/* Two rows that differ in one field. */
static const struct field_case field_cases[] = {
	{ WITH("scope: external"), WITH("scope: localhost"), ROW_SCOPE, "external", "localhost" },
	{ WITH("table: external"), WITH("role: any"), ROW_TABLE, "external", NULL },
	{ ENTRY("process: p"), ENTRY("process: P"), ROW_PROCESS, "p", "P" },
	{ WITH("application: a"), WITH("application: b"), ROW_APPLICATION, "a", "b" },
	{ WITH("role: any"), WITH("role: worker"), ROW_ROLE, "any", "worker" },
	{ WITH("control_plane: 'yes'"), WITH("control_plane: 'no'"), ROW_CONTROL_PLANE, "yes",
	  "no" },
	{ WITH("team: a"), WITH("role: any"), ROW_TEAM, "a", NULL },
	{ WITH("since: '4.1'"), WITH("since: '4.10'"), ROW_SINCE, "4.1", "4.10" },
	{ "retired: [{ports: 1, protocol: tcp, process: p, removed: '4.1'}]",
	  "retired: [{ports: 1, protocol: tcp, process: p, removed: '4.2'}]", ROW_REMOVED, "4.1",
	  "4.2" },
	{ WITH("platforms: [b, a, c]"), WITH("platforms: [c]"), ROW_PLATFORMS, "a, b, c", "c" },
	{ WITH("notes: n"), WITH("role: any"), ROW_NOTES, "n", NULL },
	{ WITH("owners: [{unit: u}, {exe: /e}, {pod: p}, {namespace: n, container: c}]"),
	  WITH("owners: [{namespace: n, pod: p, container: c}]"), ROW_OWNERS,
	  "*/p/*, exe /e, n/*/c, unit u", "n/p/c" },
	{ EXCEPTION("class: scope, until: 2027-01-01, reason: r"),
	  EXCEPTION("class: owner, until: 2027-01-01, reason: r"), ROW_CLASS, "scope", "owner" },
	{ EXCEPTION("class: scope, until: 2027-01-01, reason: r"),
	  EXCEPTION("class: scope, until: 2027-01-02, reason: r"), ROW_UNTIL, "2027-01-01",
	  "2027-01-02" },
	{ EXCEPTION("class: scope, until: 2027-01-01, reason: r"),
	  EXCEPTION("class: scope, until: 2027-01-01, reason: s"), ROW_REASON, "r", "s" },
	{ WITH("source: a"), WITH("source: b"), ROW_SOURCE, "a", "b" },
	{ WITH("essential: true"), WITH("essential: false"), ROW_ESSENTIAL, "true", NULL },
};

static void check_field_text(const struct reg_row *row, enum row_field field, const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };

	check_int(row_fields[field].name, compare_field_text(row, field, &out), true);
	check_text(row_fields[field].name, out.data, want);
}

static void check_fields(const struct reg_row *a, const struct reg_row *b, unsigned int mask,
			 unsigned int want)
{
	unsigned int fields = ~want;

	assert_int_equal(compare_fields(a, b, mask, &fields), 0);
	check_u64("fields", fields, want);
}

/* Of each field that is compared, in the order in which they are told. */
static void test_fields(void **state)
{
	(void)state;
	check_u64("all", ARRAY_LEN(field_cases), COMPARE_FIELDS);
	for (size_t i = 0; i < ARRAY_LEN(field_cases); i++) {
		const struct field_case *c = &field_cases[i];
		_cleanup_(registry_freep) struct registry *one = registry_of_lists(c->a);
		_cleanup_(registry_freep) struct registry *two = registry_of_lists(c->b);
		const struct reg_row *a = only_row(one), *b = only_row(two);
		unsigned int bit = COMPARE_BIT(c->field);

		check_field_text(a, c->field, c->a_text);
		check_field_text(b, c->field, c->b_text);
		check_fields(a, b, COMPARE_ALL, bit);
		check_fields(b, a, bit, bit);
		check_fields(a, b, COMPARE_ALL & ~bit, 0);
		check_fields(a, a, COMPARE_ALL, 0);
	}
}

/* How lists are written down makes no difference. */
static void test_lists(void **state)
{
	_cleanup_(registry_freep) struct registry *a =
		registry_of_lists(WITH("platforms: [a, b], owners: [{unit: u}, {exe: /e}]"));
	_cleanup_(registry_freep) struct registry *b =
		registry_of_lists(WITH("platforms: [b, a], owners: [{exe: /e}, {unit: u}]"));
	_cleanup_(registry_freep) struct registry *none =
		registry_of_lists(WITH("platforms: [], owners: []"));

	(void)state;
	check_fields(only_row(a), only_row(b), COMPARE_ALL, 0);
	check_fields(only_row(a), only_row(none), COMPARE_ALL,
		     COMPARE_BIT(ROW_PLATFORMS) | COMPARE_BIT(ROW_OWNERS));
	check_field_text(only_row(none), ROW_PLATFORMS, NULL);
	check_field_text(only_row(none), ROW_OWNERS, NULL);
}

static void test_digits(void **state)
{
	static const struct {
		uint16_t a, b;
		bool want;
	} cases[] = {
		{ 9545, 9454, true },  { 1234, 1324, true },   { 1234, 4231, true },
		{ 12, 21, true },      { 1122, 2211, true },   { 9545, 9545, false },
		{ 9545, 9445, false }, /* one digit is another */
		{ 1234, 2143, false }, /* two pairs */
		{ 1234, 2341, false }, { 123, 1323, false },   { 1, 2, false },
		{ 0, 0, false },       { 65535, 56535, true }, { 12345, 52341, true },
		{ 100, 1, false },     { 11, 22, true },       { 1212, 2121, true },
		{ 10, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (compare_digits_exchanged(cases[i].a, cases[i].b) != cases[i].want ||
		    compare_digits_exchanged(cases[i].b, cases[i].a) != cases[i].want)
			fail_msg("%u and %u", cases[i].a, cases[i].b);
	}
}

static void test_process(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "haproxy", "haproxy", true },
		{ "HAProxy", "haproxy", true },
		{ "cluster-version operator", "cluster-version-operator", true },
		{ "ironic (internal)", "ironic internal", true },
		{ "\xc3\xa4", "\xc3\xa4", true },
		{ "etcd", "etc", false },
		{ "a-", "a", true },
		{ "(a", "a", false },
		{ "a - b", "a/b", true },
		{ "AZaz09", "azAZ09", true },
		{ "a@", "a[", true },
		{ "a1", "a2", false },
		{ "@a", "`a", true },
		{ "9a", ":a", false },
		{ "a b", "ab", false },
		{ "\xc3\xa4", "\xc3\xa5", false },
		{ "", "a", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int one = compare_process(cases[i].a, cases[i].b);
		int two = compare_process(cases[i].b, cases[i].a);

		check_int(cases[i].a, one == 0, cases[i].same);
		check_int(cases[i].a, (one < 0), (two > 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
