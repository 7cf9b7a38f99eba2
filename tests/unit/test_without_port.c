// SPDX-License-Identifier: MIT
/* Who was denied a port and runs on: the test itself, and processes that are not there. */
#include <unistd.h>

#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"
#include "sockets_fixture.h"
#include "violation_events.h"

#include "../../user/violations/without_port.h"

#define NO_PID 0x7fffffff

static void note(struct fixture *f, uint32_t pid, uint16_t port)
{
	struct hp_event record = { .pid = pid, .cgroup_id = GROUP_BELOW };
	struct event *e = malloc(sizeof(*e));

	violation_event(e, 10, 1);
	e->verdict = HP_VERDICT_DENIED;
	e->port = port;
	without_port_note(&f->violations, &record, e);
	free(e);
}

static void check_left(struct fixture *f, const char *name, size_t len)
{
	assert_true(without_port_look(&f->violations));
	check_u64(name, f->violations.denied.len, len);
}

static void test_lives(void **state)
{
	struct fixture *f = *state;

	check_left(f, "nobody", 0);
	check_u64("the table is not read", world.reads, 0);
	note(f, NO_PID, 8080);
	check_left(f, "it has ended", 0);
	check_u64("the table is not read", world.reads, 0);
	note(f, (uint32_t)getpid(), 8080);
	check_left(f, "it runs", 1);
	check_u64("the table is read", world.reads, 1);
	check_u64("nobody to name", world.names, 0);
	note(f, NO_PID, 8081);
	check_left(f, "one of two", 1);
	check_u64("which", f->violations.denied.list[0].pid, (uint64_t)getpid());
}

/* It got the port in another way, or another process of its group has it. */
static void test_has(void **state)
{
	struct fixture *f = *state;
	struct receivers_socket *s = add_socket(HP_PROTO_TCP, 8080);

	note(f, (uint32_t)getpid(), 8080);
	s->socket.cgroup_id = GROUP_OUTSIDE;
	check_left(f, "somebody else has it", 1);
	check_u64("who was asked", world.names, 1);
	s->socket.port = 8081;
	s->pid = (uint32_t)getpid();
	check_left(f, "another port", 1);
	s->socket.port = 8080;
	check_left(f, "it has it", 0);
	note(f, (uint32_t)getpid(), 8080);
	s->pid = 0;
	s->socket.cgroup_id = GROUP_BELOW;
	check_left(f, "its group has it", 0);
}

static void test_unseen(void **state)
{
	struct fixture *f = *state;

	note(f, (uint32_t)getpid(), 8080);
	world.sees_all = false;
	assert_false(without_port_look(&f->violations));
}

/* Those that have ended make room for those that have not, however long ago they were denied. */
static void test_room(void **state)
{
	struct fixture *f = *state;

	note(f, (uint32_t)getpid(), 8080);
	for (uint32_t i = 0; i < 3 * DENIED_PROCESSES_MAX; i++)
		note(f, NO_PID - i, 8080);
	assert_true(f->violations.denied.len <= DENIED_PROCESSES_MAX);
	check_left(f, "it is still known", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lives, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_has, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_unseen, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_room, start_violations, stop_violations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
