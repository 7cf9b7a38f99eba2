// SPDX-License-Identifier: MIT
#include "../../user/violations/unbound_ports.h"

#include "test.h"

/* A look that finds so many ports, from an id on: how many are to be told. */
static size_t look(struct unbound_ports *ports, uint64_t now_s, uint64_t first, size_t n,
		   bool may_tell)
{
	size_t due = 0;

	unbound_ports_begin(ports, now_s);
	for (size_t i = n; i-- > 0;) /* not in the order of their ids */
		due += unbound_ports_note(ports, first + i, may_tell);
	unbound_ports_end(ports);
	return due;
}

static void test_once(void **state)
{
	struct unbound_ports ports;

	(void)state;
	assert_int_equal(unbound_ports_init(&ports), 0);
	check_u64("new", look(&ports, 1000, 1, 3, true), 0);
	check_u64("not long", look(&ports, 1000 + UNBOUND_PORTS_S - 1, 1, 3, true), 0);
	check_u64("long", look(&ports, 1000 + UNBOUND_PORTS_S, 1, 3, true), 3);
	check_u64("told", look(&ports, 1000 + UNBOUND_PORTS_S, 1, 3, true), 0);
	check_u64("a new one beside them", look(&ports, 2000, 1, 4, true), 0);
	check_u64("long, too", look(&ports, 2000 + UNBOUND_PORTS_S, 1, 4, true), 1);
	unbound_ports_free(&ports);
}

/* What was bound meanwhile begins anew. */
static void test_again(void **state)
{
	struct unbound_ports ports;

	(void)state;
	assert_int_equal(unbound_ports_init(&ports), 0);
	check_u64("new", look(&ports, 1000, 1, 2, true), 0);
	check_u64("one is bound", look(&ports, 1300, 1, 1, true), 0);
	check_u64("it is free again", look(&ports, 1400, 1, 2, true), 0);
	check_u64("the other", look(&ports, 1600, 1, 2, true), 1);
	check_u64("this one", look(&ports, 2000, 1, 2, true), 1);
	check_u64("all are bound", look(&ports, 2100, 1, 0, true), 0);
	check_u64("free again", look(&ports, 2200, 1, 2, true), 0);
	check_u64("told again", look(&ports, 2800, 1, 2, true), 2);
	unbound_ports_free(&ports);
}

/* What could not be told now is told later. */
static void test_may_not(void **state)
{
	struct unbound_ports ports;

	(void)state;
	assert_int_equal(unbound_ports_init(&ports), 0);
	(void)look(&ports, 0, 7, 2, true);
	check_u64("due", look(&ports, 600, 7, 2, false), 2);
	check_u64("still", look(&ports, 660, 7, 2, true), 2);
	check_u64("told", look(&ports, 720, 7, 2, true), 0);
	unbound_ports_free(&ports);
}

static void test_bound(void **state)
{
	struct unbound_ports ports;

	(void)state;
	assert_int_equal(unbound_ports_init(&ports), 0);
	(void)look(&ports, 0, 1, UNBOUND_PORTS_MAX + 10, true);
	check_u64("known", ports.before_len, UNBOUND_PORTS_MAX);
	check_u64("due", look(&ports, 600, 1, UNBOUND_PORTS_MAX + 10, true), UNBOUND_PORTS_MAX);
	unbound_ports_free(&ports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_may_not),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
