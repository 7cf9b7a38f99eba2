// SPDX-License-Identifier: MIT
/* What enforcement would deny: sockets that are there, and violations that were reported. */
#include <stdio.h>

#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"
#include "sockets_fixture.h"
#include "violation_events.h"

#include "../../user/violations/would_break.h"

static void check_found(struct fixture *f, const char *name, int r, const uint16_t *ports,
			size_t len)
{
	_cleanup_impact_ struct impact impact = { 0 };

	check_int(name, would_break_find(&f->violations, &impact), r);
	check_u64(name, impact.len, len);
	for (size_t i = 0; i < len; i++)
		check_u64(name, impact.rows[i].port, ports[i]);
}

#define PORTS(...) (const uint16_t[]) { __VA_ARGS__ }, ARRAY_LEN(((uint16_t[]) { __VA_ARGS__ }))

/* It is decided as it would be then: the mode in force is another, and stays. */
static void test_sockets(void **state)
{
	struct fixture *f = *state;

	check_found(f, "nothing", 0, NULL, 0);
	(void)add_socket(HP_PROTO_TCP, 8080);
	(void)add_socket(HP_PROTO_TCP, 80);
	(void)add_socket(HP_PROTO_TCP, 8090);	 /* excepted */
	(void)add_socket(HP_PROTO_TCP, 45000);	 /* chosen */
	add_socket(HP_PROTO_TCP, 8070)->pid = 0; /* the kernel's */
	(void)add_socket(HP_PROTO_TCP, 81);
	add_socket(HP_PROTO_TCP, 8071)->pid = 0; /* nobody's */
	world.sockets[world.len - 1].holder = RECEIVER_HOLDER_NONE;
	check_found(f, "auditing", 0, PORTS(8071, 8080, 81));
	check_u64("the mode stays", f->in_force.decision.mode, HP_MODE_AUDIT);
	f->in_force.decision.deny_kernel = true;
	check_found(f, "the kernel's, too", 0, PORTS(8070, 8071, 8080, 81));
	f->in_force.decision.denies = 1U << HP_CLASS_SCOPE;
	check_found(f, "a class", 0, PORTS(81));
}

/* Where the programs see no bind(), only a sweep that closes denies. */
static void test_groups(void **state)
{
	struct fixture *f = *state;

	add_socket(HP_PROTO_TCP, 8080)->socket.cgroup_id = GROUP_OUTSIDE;
	add_socket(HP_PROTO_TCP, 8081)->socket.cgroup_id = GROUP_UNKNOWN;
	check_found(f, "kept", 0, PORTS(8081));
	f->sweep.close_existing = true;
	check_found(f, "closed", 0, PORTS(8080, 8081));
}

static void note(struct fixture *f, uint16_t port, uint8_t cls, unsigned int flags)
{
	struct event *e = malloc(sizeof(*e));

	violation_event(e, 10, 2);
	e->port = port;
	e->cls = cls;
	ledger_note(f->violations.ledger, e, flags);
	free(e);
}

/* One violation of each of so many workloads. */
static void note_workloads(struct fixture *f, unsigned int n)
{
	struct event *e = malloc(sizeof(*e));
	char cgroup[64];

	for (unsigned int i = 0; i < n; i++) {
		violation_event(e, 10, 2);
		(void)snprintf(cgroup, sizeof(cgroup), "/system.slice/%u.service", i);
		move_to_cgroup(e, cgroup);
		e->port = 10000;
		(void)ledger_note(f->violations.ledger, e, LEDGER_ENFORCEABLE);
	}
	free(e);
}

/* Violations of before count, if enforcement would have denied them, and would today. */
static void test_violations(void **state)
{
	_cleanup_impact_ struct impact impact = { 0 };
	struct fixture *f = *state;

	note(f, 8085, HP_CLASS_UNREGISTERED, LEDGER_ENFORCEABLE);
	note(f, 8086, HP_CLASS_UNREGISTERED, 0);
	note(f, 80, HP_CLASS_UNREGISTERED, LEDGER_ENFORCEABLE); /* registered by now */
	(void)add_socket(HP_PROTO_TCP, 8080);
	check_found(f, "both kinds", 0, PORTS(8080, 8085));
	assert_int_equal(would_break_find(&f->violations, &impact), 0);
	check_u64("there now", impact.rows[0].sockets, 1);
	check_u64("reported", impact.rows[1].count, 2);
	check_u64("forgotten", impact.forgotten, 0);
	f->in_force.decision.denies = 1U << HP_CLASS_SCOPE;
	check_found(f, "classes that are not denied", 0, NULL, 0);
}

/* What was pushed out is counted, of the classes that would be denied. */
static void test_forgotten(void **state)
{
	_cleanup_impact_ struct impact impact = { 0 }, scope = { 0 };
	struct fixture *f = *state;

	note_workloads(f, LEDGER_MAX + 3);
	assert_int_equal(would_break_find(&f->violations, &impact), 0);
	check_u64("rows", impact.len, LEDGER_MAX);
	check_u64("forgotten", impact.forgotten, 3);
	f->in_force.decision.denies = 1U << HP_CLASS_SCOPE;
	assert_int_equal(would_break_find(&f->violations, &scope), 0);
	check_u64("of other classes", scope.forgotten, 0);
}

/* Many ports of one workload are one thing that would break, with those that are open now. */
static void test_many(void **state)
{
	_cleanup_impact_ struct impact impact = { 0 };
	struct fixture *f = *state;
	uint16_t last = 0;

	fake_cgroup = "/system.slice/web.service"; /* as violation_event() has it */
	for (unsigned int i = 0; i < 500; i++)
		note(f, (uint16_t)(10000 + i), HP_CLASS_UNREGISTERED, LEDGER_ENFORCEABLE);
	(void)add_socket(HP_PROTO_TCP, 10600);
	assert_int_equal(would_break_find(&f->violations, &impact), 0);
	check_u64("one row", impact.len, 1);
	check_u64("ports", impact_row_ports(&impact.rows[0], &last), 501);
	check_u64("the last", last, 10600);
	check_u64("sockets", impact.rows[0].sockets, 1);
	check_u64("violations", impact.rows[0].count, 1000);
}

/* An error comes with what is known all the same. */
static void test_error(void **state)
{
	struct fixture *f = *state;

	(void)add_socket(HP_PROTO_TCP, 8080);
	note(f, 8085, HP_CLASS_UNREGISTERED, LEDGER_ENFORCEABLE);
	world.read_error = -EIO;
	check_found(f, "the table", -EIO, PORTS(8080, 8085));
}

static void test_says(void **state)
{
	struct fixture *f = *state;

	would_break_say(&f->violations);
	check_log("nothing would be denied", "");
	(void)add_socket(HP_PROTO_TCP, 8080);
	would_break_say(&f->violations);
	assert_non_null(strstr(fake_log.data, "\nwarning: CLASS"));
	assert_non_null(strstr(fake_log.data, "\nwarning: unregistered"));
	assert_non_null(strstr(fake_log.data, "8080"));
	assert_null(strstr(fake_log.data, " more\n"));
	check_log_has("each",
		      "warning: enforcing: listeners that would be denied, by class and"
		      " workload (each keeps its port until it binds again; a reload may end"
		      " it):\n");
	f->sweep.close_existing = true;
	world.read_error = -EIO;
	would_break_say(&f->violations);
	assert_non_null(strstr(fake_log.data, "(each is closed where it can be):\n"));
	check_log_has("the error", "\nwarning: could not determine everything that would be denied:"
				   " the socket table: Input/output error\n");
}

/* So many are logged, and the rest is counted. */
static void test_says_many(void **state)
{
	struct fixture *f = *state;
	size_t lines = 0;

	note_workloads(f, WOULD_BREAK_LINES);
	would_break_say(&f->violations);
	for (const char *at = fake_log.data; (at = strchr(at, '\n')); at++)
		lines++;
	check_u64("lines", lines, 2 + WOULD_BREAK_LINES);
	assert_null(strstr(fake_log.data, " more\n"));
	buf_free(&fake_log);
	note(f, 9000, HP_CLASS_UNREGISTERED, LEDGER_ENFORCEABLE);
	note(f, 9001, HP_CLASS_UNREGISTERED, LEDGER_ENFORCEABLE);
	would_break_say(&f->violations);
	check_log_has("the rest", "\nwarning: and 2 more\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sockets, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_groups, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_violations, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_forgotten, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_many, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_error, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_says, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_says_many, start_violations, stop_violations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
