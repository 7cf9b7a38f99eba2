// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/violations/reported_sockets.h"

static const struct known_violation base = {
	.cookie = 11,
	.cgroup_id = 7,
	.proto = HP_PROTO_TCP,
	.cls = HP_CLASS_UNREGISTERED,
	.port = 8080,
};

static struct known *new_known(void)
{
	struct known *known = NULL;

	assert_int_equal(known_new(&known), 0);
	return known;
}

/* A violation that differs from the base in one thing, and whether it is the same news. */
static const struct {
	const char *name;
	struct known_violation violation;
	bool known, same_socket;
} cases[] = {
	{ "the same", { 11, 7, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, 8080 }, true, true },
	{ "other cgroup", { 11, 8, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, 8080 }, true, true },
	{ "other socket", { 12, 7, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, 8080 }, true, false },
	{ "no cookie", { 0, 7, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, 8080 }, true, false },
	{ "both other", { 12, 8, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, 8080 }, false, false },
	{ "other port", { 11, 7, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, 8081 }, false, false },
	{ "other protocol", { 11, 7, HP_PROTO_UDP, HP_CLASS_UNREGISTERED, 8080 }, false, false },
	{ "other class", { 11, 7, HP_PROTO_TCP, HP_CLASS_SCOPE, 8080 }, false, false },
	/* cookies and cgroups are numbers of different kinds */
	{ "swapped", { 7, 11, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, 8080 }, false, false },
};

static void test_same(void **state)
{
	_cleanup_(known_freep) struct known *known = new_known();

	(void)state;
	assert_false(known_has(known, &base));
	known_add(known, &base);
	known_add(known, &base);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_int(cases[i].name, known_has(known, &cases[i].violation), cases[i].known);
		check_int(cases[i].name, known_has_socket(known, &cases[i].violation),
			  cases[i].same_socket);
	}
}

/* A socket of the same workload and port, but another one. */
static struct known_violation next_socket(void)
{
	struct known_violation v = base;

	v.cookie++;
	return v;
}

static void test_sweeps(void **state)
{
	_cleanup_(known_freep) struct known *known = new_known();
	struct known_violation next = next_socket();

	(void)state;
	known_add(known, &base);
	known_keep(known, &base); /* it is in the table */
	known_sweep_end(known);
	assert_true(known_has(known, &next));
	known_sweep_end(known); /* it is not */
	assert_false(known_has(known, &next));
	/* a socket that is bound but does not listen is in no table: it is still known */
	assert_true(known_has(known, &base));
	known_sweep_end(known);
	assert_true(known_has(known, &base));
	/* a hook or a slot's reading tells of it once more */
	known_add(known, &base);
	assert_true(known_has(known, &next));
}

/* What a hook told of is told by it again: a sweep need not, whatever is in the table. */
static void test_hooked(void **state)
{
	_cleanup_(known_freep) struct known *known = new_known();
	struct known_violation next = next_socket();

	(void)state;
	known_add_hooked(known, &base);
	assert_true(known_has_socket(known, &base));
	known_sweep_end(known);
	known_sweep_end(known);
	assert_true(known_has(known, &next));
	assert_false(known_has_socket(known, &next));
}

static void test_no_cookies(void **state)
{
	_cleanup_(known_freep) struct known *known = new_known();
	struct known_violation a = base, b = base;

	(void)state;
	a.cookie = b.cookie = 0;
	b.cgroup_id = 8;
	known_add(known, &a);
	assert_true(known_has(known, &a));
	assert_false(known_has(known, &b));
}

static void add_many(struct known *known, uint64_t first, size_t n)
{
	struct known_violation v = base;

	for (size_t i = 0; i < n; i++) {
		v.cookie = first + i;
		v.cgroup_id = first + i;
		known_add(known, &v);
	}
}

/* The newest are kept, whatever came before; what is pushed out is the oldest. */
static void test_bound(void **state)
{
	_cleanup_(known_freep) struct known *known = new_known();
	struct known_violation v = base;
	size_t n = 3 * KNOWN_MAX, have = 0;

	(void)state;
	add_many(known, 1, n);
	for (size_t i = 1; i <= n; i++) {
		v.cookie = v.cgroup_id = i;
		if (!known_has(known, &v))
			assert_int_equal(have, 0);
		have += known_has(known, &v);
	}
	assert_in_range(have, KNOWN_MAX / 2, KNOWN_MAX);
	known_sweep_end(known);
	v.cookie = n + 1;
	v.cgroup_id = n;
	assert_false(known_has(known, &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),   cmocka_unit_test(test_sweeps),
		cmocka_unit_test(test_hooked), cmocka_unit_test(test_no_cookies),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
