// SPDX-License-Identifier: MIT
/* Whether pods can meet is tested with their claims, in test_conflict.c; here, the bound. */
#include "test.h"

#include "../../user/checks/manifest/placement_meet.h"

static struct word b = { .text = "b" }, a = { .next = &b, .text = "a" };
static struct word d = { .text = "d" }, c = { .next = &d, .text = "c" };
static struct requirement in_ab = { .key = "k", .op = REQUIRE_IN, .values = &a };
static struct requirement in_cd = { .key = "k", .op = REQUIRE_IN, .values = &c };
static struct requirement apart_two = { .key = "two", .op = REQUIRE_IN, .values = &c };
static struct requirement apart_one = {
	.next = &apart_two,
	.key = "one",
	.op = REQUIRE_NOT_EXISTS,
};
static struct label two = { .key = "two", .value = "d" };
static struct label zero = { .next = &two, .key = "zero", .value = "0" };

/* However few steps there are, never more are left than were given. */
static void check_steps(const struct pod *x, const struct pod *y, bool meet)
{
	for (size_t given = 0; given < 64; given++) {
		size_t steps = given;
		bool met = placement_meet(x, y, &steps);

		check_int("steps", steps <= given, true);
		if (steps)
			check_int("meet", met, meet);
		if (given == 63)
			check_int("steps are enough", steps > 0, true);
	}
}

static void test_steps(void **state)
{
	struct term ab = { .requirements = &in_ab }, cd = { .requirements = &in_cd };
	struct apart elsewhere = { .labels = &in_ab, .namespaces = &a };
	struct apart apart = { .next = &elsewhere, .labels = &apart_one };
	struct pod plain = { .namespace_ = "ns", .labels = &zero };
	struct pod here = { .namespace_ = "ns", .placement.terms = &ab };
	struct pod there = { .namespace_ = "ns", .placement.terms = &cd };
	struct pod shy = { .namespace_ = "ns", .placement.apart = &apart };

	(void)state;
	plain.placement.roles = here.placement.roles = NODES_ANY;
	there.placement.roles = shy.placement.roles = NODES_ANY;
	check_steps(&plain, &plain, true);
	check_steps(&here, &here, true);
	check_steps(&here, &there, false);
	check_steps(&there, &here, false);
	check_steps(&shy, &plain, false);
	check_steps(&plain, &shy, false);
	plain.namespace_ = "other";
	check_steps(&shy, &plain, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
