// SPDX-License-Identifier: MIT
/* Whether pods can meet on a node: each kind of question against each, and the bound. */
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/checks/manifest/placement_meet.h"

static struct word b_word = { .text = "b" }, a_b = { .next = &b_word, .text = "a" };
static struct word d_word = { .text = "d" }, c_d = { .next = &d_word, .text = "c" };
static struct requirement in_ab = { .key = "k", .op = REQUIRE_IN, .values = &a_b };
static struct requirement in_cd = { .key = "k", .op = REQUIRE_IN, .values = &c_d };
static struct requirement apart_two = { .key = "two", .op = REQUIRE_IN, .values = &c_d };
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
	struct apart elsewhere = { .labels = &in_ab, .namespaces = &a_b };
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

/* ---- nodes --------------------------------------------------------------------------------- */
static struct word x = { .text = "x" }, x_y = { .next = &x, .text = "y" }, z = { .text = "z" };
static struct word y = { .text = "y" };

/* What one pod asks of a label, against what another one asks. */
static struct requirement asked[] = {
	{ .key = "k", .op = REQUIRE_IN, .values = &x_y },
	{ .key = "k", .op = REQUIRE_IN, .values = &z },
	{ .key = "k", .op = REQUIRE_IN, .values = &y },
	{ .key = "k", .op = REQUIRE_IN }, /* no value meets it */
	{ .key = "k", .op = REQUIRE_NOT_IN, .values = &x },
	{ .key = "k", .op = REQUIRE_NOT_IN, .values = &x_y },
	{ .key = "k", .op = REQUIRE_EXISTS },
	{ .key = "k", .op = REQUIRE_NOT_EXISTS },
	{ .key = "k", .op = REQUIRE_OTHER, .values = &x },
	{ .key = "l", .op = REQUIRE_IN, .values = &z },
	{ .key = "l", .op = REQUIRE_NOT_EXISTS },
};

/* '-': there is no node for both. */
static const char *const apart_by[ARRAY_LEN(asked)] = {
	/* In x y */ "+-+-+-+-+++",
	/* In z */ "-+--+++-+++",
	/* In y */ "+-+-+-+-+++",
	/* In */ "------+-+++",
	/* NotIn x */ "+++-+++++++",
	/* NotIn x y */ "-+--+++++++",
	/* Exists */ "+++++++-+++",
	/* DoesNotExist */ "----++-++++",
	/* Gt */ "+++++++++++",
	/* another key, In */
	"+++++++++"
	"+-",
	/* another key, DoesNotExist */
	"+++++++++"
	"-+",
};

static bool meet(const struct pod *a, const struct pod *b)
{
	size_t steps = 1000;
	bool there = placement_meet(a, b, &steps), back;

	check_int("steps", steps > 0, true);
	back = placement_meet(b, a, &steps);
	check_int("the same in both directions", there, back);
	return there;
}

static struct pod pod_of(struct term *terms)
{
	return (struct pod) {
		.namespace_ = "ns",
		.placement = { .terms = terms, .roles = NODES_ANY },
	};
}

static void test_operators(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		for (size_t j = 0; j < ARRAY_LEN(asked); j++) {
			struct term s = { .requirements = &asked[i] };
			struct term t = { .requirements = &asked[j] };
			struct pod a = pod_of(&s), b = pod_of(&t);

			if (meet(&a, &b) != (apart_by[i][j] == '+'))
				fail_msg("requirements %zu and %zu: want %c", i, j, apart_by[i][j]);
		}
}

/* All requirements of one term of each pod must agree; a pod without terms runs anywhere. */
static void test_terms(void **state)
{
	struct requirement l_z = { .key = "l", .op = REQUIRE_IN, .values = &z };
	struct requirement k_x = { .key = "k", .op = REQUIRE_IN, .values = &x };
	struct requirement both = { .next = &k_x, .key = "l", .op = REQUIRE_EXISTS };
	struct requirement no_l = { .key = "l", .op = REQUIRE_NOT_EXISTS };
	struct requirement k_z = { .key = "k", .op = REQUIRE_IN, .values = &z };
	struct term is_x = { .requirements = &k_x }, is_z = { .requirements = &k_z };
	struct term x_or_z = { .next = &is_z, .requirements = &k_x };
	struct term is_both = { .requirements = &both }, not_l = { .requirements = &no_l };
	struct term both_or_not = { .next = &not_l, .requirements = &both };
	struct term l = { .requirements = &l_z }, any = { 0 };
	const struct {
		struct term *a, *b;
		bool meet;
	} cases[] = {
		{ NULL, NULL, true },	     { &is_x, NULL, true },
		{ &is_x, &is_x, true },	     { &is_x, &is_z, false },
		{ &x_or_z, &is_z, true },    { &x_or_z, &is_x, true },
		{ &is_both, &is_x, true },   { &is_both, &is_z, false },
		{ &is_both, &not_l, false }, { &is_both, &l, true },
		{ &both_or_not, &l, true },  { &both_or_not, &is_z, true },
		{ &any, &is_x, true },	     { &any, &any, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pod a = pod_of(cases[i].a), b = pod_of(cases[i].b);

		if (meet(&a, &b) != cases[i].meet)
			fail_msg("terms %zu", i);
	}
}

static void test_names_and_roles(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned int roles_a, roles_b;
		bool meet;
	} cases[] = {
		{ NULL, NULL, NODES_ANY, NODES_ANY, true },
		{ "m", NULL, NODES_ANY, NODES_ANY, true },
		{ "m", "m", NODES_ANY, NODES_ANY, true },
		{ "m", "n", NODES_ANY, NODES_ANY, false },
		{ NULL, NULL, NODES_WORKER, NODES_WORKER, true },
		{ NULL, NULL, NODES_WORKER, NODES_CONTROL_PLANE, false },
		{ NULL, NULL, NODES_CONTROL_PLANE, NODES_CONTROL_PLANE, true },
		{ NULL, NULL, NODES_WORKER | NODES_CONTROL_PLANE, NODES_CONTROL_PLANE, true },
		{ NULL, NULL, NODES_WORKER | NODES_CONTROL_PLANE, NODES_WORKER, true },
		{ NULL, NULL, NODES_ANY, NODES_WORKER, true },
		{ NULL, NULL, NODES_ANY, NODES_CONTROL_PLANE, true },
		{ NULL, "n", NODES_WORKER, NODES_ANY, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pod a = pod_of(NULL), b = pod_of(NULL);

		a.placement.node = cases[i].a;
		b.placement.node = cases[i].b;
		a.placement.roles = cases[i].roles_a;
		b.placement.roles = cases[i].roles_b;
		if (meet(&a, &b) != cases[i].meet)
			fail_msg("names and roles %zu", i);
	}
}

/* ---- anti-affinity ------------------------------------------------------------------------- */
/* What a pod keeps away, by what the other one's label k is: absent, x, z. */
static const struct {
	enum requirement_op op;
	struct word *values;
	bool away[3];
} away_cases[] = {
	{ REQUIRE_IN, &x_y, { false, true, false } },
	{ REQUIRE_IN, NULL, { false, false, false } },
	{ REQUIRE_NOT_IN, &x_y, { true, false, true } },
	{ REQUIRE_EXISTS, NULL, { false, true, true } },
	{ REQUIRE_NOT_EXISTS, NULL, { true, false, false } },
	{ REQUIRE_OTHER, &x, { false, false, false } },
};

static void test_anti_affinity(void **state)
{
	struct label other_key = { .key = "other", .value = "x" };
	struct label k_x = { .next = &other_key, .key = "k", .value = "x" };
	struct label k_z = { .key = "k", .value = "z" };
	struct label *const labels[] = { &other_key, &k_x, &k_z };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(away_cases); i++)
		for (size_t j = 0; j < ARRAY_LEN(labels); j++) {
			struct requirement q = {
				.key = "k",
				.op = away_cases[i].op,
				.values = away_cases[i].values,
			};
			struct apart apart = { .labels = &q };
			struct pod a = pod_of(NULL), b = pod_of(NULL);

			a.placement.apart = &apart;
			b.labels = labels[j];
			if (meet(&a, &b) == away_cases[i].away[j])
				fail_msg("anti-affinity %zu, label %zu", i, j);
		}
}

/* All requirements, of one of several terms; in the pod's own namespace, or in the named ones. */
static void test_anti_affinity_of_several(void **state)
{
	struct requirement k_z = { .key = "k", .op = REQUIRE_IN, .values = &z };
	struct requirement k_x = { .key = "k", .op = REQUIRE_EXISTS };
	struct requirement x_and_z = { .next = &k_z, .key = "k", .op = REQUIRE_EXISTS };
	struct label is_x = { .key = "k", .value = "x" };
	struct word ns = { .text = "ns" }, other_ns = { .next = &ns, .text = "o" };
	struct word only_o = { .text = "o" };
	struct apart never = { .labels = &x_and_z }, second = { .labels = &k_x };
	struct apart either = { .next = &second, .labels = &x_and_z };
	struct apart named = { .labels = &k_x, .namespaces = &other_ns };
	struct apart elsewhere = { .labels = &k_x, .namespaces = &only_o };
	struct apart everybody = { 0 };
	const struct {
		struct apart *apart;
		bool meet, meet_in_o; /* the other pod is in namespace ns, or in o */
	} cases[] = {
		{ &never, true, true },	  { &second, false, true },    { &either, false, true },
		{ &named, false, false }, { &elsewhere, true, false }, { &everybody, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pod a = pod_of(NULL), b = pod_of(NULL);

		a.placement.apart = cases[i].apart;
		b.labels = &is_x;
		if (meet(&a, &b) != cases[i].meet)
			fail_msg("several %zu", i);
		b.namespace_ = "o";
		if (meet(&a, &b) != cases[i].meet_in_o)
			fail_msg("several %zu, in another namespace", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_operators),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_names_and_roles),
		cmocka_unit_test(test_anti_affinity),
		cmocka_unit_test(test_anti_affinity_of_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
