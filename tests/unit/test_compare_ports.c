// SPDX-License-Identifier: MIT
#include "compare_cases.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/diff/compare_ports.h"

static const struct compare_case cases[] = {
	/* ranges */
	{ "a range that was cut", "entries: [{ports: 1-9, " P "p}]",
	  "entries: [{ports: 6-9, " P "p}, {ports: 1-5, " P "p}]", 0, 0, NULL },
	{ "a part of it changed", "entries: [{ports: 1-9, " P "p}]",
	  "entries: [{ports: 1-5, " P "p}, {ports: 6-9, " P "p, team: t}]", 0, 0,
	  "~ tcp 6-9 p\n    team: - -> t\n0 added, 0 removed, 1 changed, 0 moved\n" },
	{ "a hole", "entries: [{ports: 1-9, " P "p}]",
	  "entries: [{ports: 1-3, " P "p}, {ports: 5-9, " P "p}]", 0, 0,
	  "- tcp 4 p\n0 added, 1 removed, 0 changed, 0 moved\n" },
	{ "a change is told once for all its ports", "entries: [{ports: 1-9, " P "p}]",
	  "entries: [{ports: 1-9, " P "p, team: t}, {ports: 4, " P "q}]", 0, 0,
	  "~ tcp 1-9 p\n    team: - -> t\n+ tcp 4 q\n1 added, 0 removed, 1 changed, 0 moved\n" },
	{ "to the last port", "entries: [{ports: 1-65535, " P "p}]",
	  "entries: [{ports: 1-65534, " P "p}]", 0, 0,
	  "- tcp 65535 p\n0 added, 1 removed, 0 changed, 0 moved\n" },

	/* more than one row of a port */
	{ "in another order", "entries: [{ports: 1, " P "p}, {ports: 1, " P "q}]",
	  "entries: [{ports: 1, " P "q}, {ports: 1, " P "p}]", 0, 0, NULL },
	{ "one more", "entries: [{ports: 1, " P "p}]",
	  "entries: [{ports: 1, " P "q}, {ports: 1, " P "p}]", 0, 0,
	  "+ tcp 1 q\n1 added, 0 removed, 0 changed, 0 moved\n" },
	{ "by their process", "entries: [{ports: 1, " P "p}, {ports: 1, " P "q}]",
	  "entries: [{ports: 1, " P "q, team: t}, {ports: 1, " P "p, team: u}]", 0, 0,
	  "~ tcp 1 p\n    team: - -> u\n~ tcp 1 q\n    team: - -> t\n"
	  "0 added, 0 removed, 2 changed, 0 moved\n" },
};

static void test_cases(void **state)
{
	(void)state;
	check_cases(cases, ARRAY_LEN(cases));
}

static int ports_from(size_t work, const struct registry *a, const struct registry *b)
{
	const struct compare_side sides[] = { { .registry = a }, { .registry = b } };
	const struct compare_rule rule = compare_rule_of(COMPARE_FILES, COMPARE_FILES);
	_cleanup_differences_ struct differences d = { 0 };

	return compare_ports(&sides[0], &sides[1], &rule, REG_ENTRY, HP_PROTO_TCP, &work, &d);
}

/* A row of a and one of b are two to hold and one pair to look at. */
static void test_bound(void **state)
{
	_cleanup_(registry_freep) struct registry *one =
		registry_of_lists("entries: [{ports: 80, " P "p}]");
	_cleanup_(registry_freep) struct registry *none = registry_of_lists("");

	(void)state;
	check_int("a pair", ports_from(COMPARE_WORK_MAX - 3, one, one), 0);
	check_int("a pair too many", ports_from(COMPARE_WORK_MAX - 2, one, one), -E2BIG);
	check_int("rows too many", ports_from(COMPARE_WORK_MAX - 1, one, one), -E2BIG);
	check_int("a row", ports_from(COMPARE_WORK_MAX - 1, one, none), 0);
	check_int("a row too many", ports_from(COMPARE_WORK_MAX, one, none), -E2BIG);
	check_int("nothing", ports_from(COMPARE_WORK_MAX, none, none), 0);
}

/* Of one kind and one protocol, and added to what is there. */
static void test_kind(void **state)
{
	_cleanup_(registry_freep) struct registry *a = registry_of_lists(
		"entries: [{ports: 80, " P "p}, {ports: 81, protocol: udp, process: p}]\n"
		"retired: [{ports: 82, " P "p, removed: '4.1'}]");
	_cleanup_(registry_freep) struct registry *b = registry_of_lists("");
	const struct compare_side sides[] = { { .registry = a }, { .registry = b } };
	const struct compare_rule rule = compare_rule_of(COMPARE_FILES, COMPARE_FILES);
	_cleanup_differences_ struct differences d = { 0 };
	static const struct {
		enum reg_kind kind;
		uint8_t proto;
		uint16_t port;
	} steps[] = {
		{ REG_RETIRED, HP_PROTO_TCP, 82 },
		{ REG_ENTRY, HP_PROTO_UDP, 81 },
		{ REG_ENTRY, HP_PROTO_TCP, 80 },
	};
	size_t work = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		check_int("compared",
			  compare_ports(&sides[0], &sides[1], &rule, steps[i].kind, steps[i].proto,
					&work, &d),
			  0);
		check_u64("one more", d.len, i + 1);
		check_u64("work", work, i + 1);
		check_int("its port", d.items[i].first, steps[i].port);
		assert_ptr_equal(d.items[i].from_layer, &a->layers[0]);
		assert_null(d.items[i].to_layer);
		assert_null(d.items[i].to);
	}
	check_int("nothing of another kind",
		  compare_ports(&sides[0], &sides[1], &rule, REG_RANGE, HP_PROTO_TCP, &work, &d),
		  0);
	check_u64("no more", d.len, ARRAY_LEN(steps));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
