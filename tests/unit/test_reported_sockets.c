// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/violations/reported_sockets.h"

static const struct reported_socket base = {
	.cookie = 11,
	.cgroup_id = 7,
	.proto = HP_PROTO_TCP,
	.cls = HP_CLASS_UNREGISTERED,
	.port = 8080,
};

static struct reported_sockets *new_set(void)
{
	struct reported_sockets *set = NULL;

	assert_int_equal(reported_sockets_new(&set), 0);
	return set;
}

/* A violation that differs from the base in one thing, and whether it is the same news. */
static const struct {
	const char *name;
	struct reported_socket violation;
	bool reported, same_socket;
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
	_cleanup_(reported_sockets_freep) struct reported_sockets *set = new_set();

	(void)state;
	assert_false(reported_sockets_has(set, &base));
	reported_sockets_add_swept(set, &base);
	reported_sockets_add_swept(set, &base);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_int(cases[i].name, reported_sockets_has(set, &cases[i].violation),
			  cases[i].reported);
		check_int(cases[i].name, reported_sockets_has_cookie(set, &cases[i].violation),
			  cases[i].same_socket);
	}
}

/* A socket of the same workload and port, but another one. */
static struct reported_socket next_socket(void)
{
	struct reported_socket v = base;

	v.cookie++;
	return v;
}

static void test_sweeps(void **state)
{
	_cleanup_(reported_sockets_freep) struct reported_sockets *set = new_set();
	struct reported_socket next = next_socket();

	(void)state;
	reported_sockets_add_swept(set, &base);
	reported_sockets_keep(set, &base); /* it is in the table */
	reported_sockets_sweep_end(set);
	assert_true(reported_sockets_has(set, &next));
	reported_sockets_sweep_end(set); /* it is not */
	assert_false(reported_sockets_has(set, &next));
	/* a socket that is bound but does not listen is in no table: it is still known */
	assert_true(reported_sockets_has(set, &base));
	reported_sockets_sweep_end(set);
	assert_true(reported_sockets_has(set, &base));
	/* a hook or a slot's reading tells of it once more */
	reported_sockets_add_swept(set, &base);
	assert_true(reported_sockets_has(set, &next));
}

/* What a hook reported, it reports again: a sweep need not, whatever is in the table. */
static void test_hooked(void **state)
{
	_cleanup_(reported_sockets_freep) struct reported_sockets *set = new_set();
	struct reported_socket next = next_socket();

	(void)state;
	reported_sockets_add_hooked(set, &base);
	assert_true(reported_sockets_has_cookie(set, &base));
	reported_sockets_sweep_end(set);
	reported_sockets_sweep_end(set);
	assert_true(reported_sockets_has(set, &next));
	assert_false(reported_sockets_has_cookie(set, &next));
}

static void test_no_cookies(void **state)
{
	_cleanup_(reported_sockets_freep) struct reported_sockets *set = new_set();
	struct reported_socket a = base, b = base;

	(void)state;
	a.cookie = b.cookie = 0;
	b.cgroup_id = 8;
	reported_sockets_add_swept(set, &a);
	assert_true(reported_sockets_has(set, &a));
	assert_false(reported_sockets_has(set, &b));
}

static void add_many(struct reported_sockets *set, uint64_t first, size_t n)
{
	struct reported_socket v = base;

	for (size_t i = 0; i < n; i++) {
		v.cookie = first + i;
		v.cgroup_id = first + i;
		reported_sockets_add_swept(set, &v);
	}
}

/* The newest are kept, whatever came before; what is pushed out is the oldest. */
static void test_bound(void **state)
{
	_cleanup_(reported_sockets_freep) struct reported_sockets *set = new_set();
	struct reported_socket v = base;
	size_t n = 3 * REPORTED_SOCKETS_MAX, have = 0;

	(void)state;
	add_many(set, 1, n);
	for (size_t i = 1; i <= n; i++) {
		v.cookie = v.cgroup_id = i;
		if (!reported_sockets_has(set, &v))
			assert_int_equal(have, 0);
		have += reported_sockets_has(set, &v);
	}
	assert_in_range(have, REPORTED_SOCKETS_MAX / 2, REPORTED_SOCKETS_MAX);
	reported_sockets_sweep_end(set);
	v.cookie = n + 1;
	v.cgroup_id = n;
	assert_false(reported_sockets_has(set, &v));
}

static struct reported_socket with_cookie(uint64_t cookie)
{
	struct reported_socket v = base;

	v.cookie = cookie;
	return v;
}

/* What is reported again takes no room: nothing is forgotten for it. */
static void test_again(void **state)
{
	_cleanup_(reported_sockets_freep) struct reported_sockets *set = new_set();
	const uint64_t half = REPORTED_SOCKETS_MAX / 2;
	struct reported_socket v;

	(void)state;
	for (uint64_t i = 1; i <= half + 1; i++) {
		v = with_cookie(i);
		reported_sockets_add_hooked(set, &v);
	}
	for (uint64_t i = 1; i < half; i++) {
		v = with_cookie(i);
		reported_sockets_add_hooked(set, &v);
	}
	v = with_cookie(half + 2);
	reported_sockets_add_hooked(set, &v);
	for (uint64_t i = 1; i <= half + 2; i++) {
		v = with_cookie(i);
		if (!reported_sockets_has_cookie(set, &v))
			fail_msg("%llu is forgotten", (unsigned long long)i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),   cmocka_unit_test(test_sweeps),
		cmocka_unit_test(test_hooked), cmocka_unit_test(test_no_cookies),
		cmocka_unit_test(test_bound),  cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
