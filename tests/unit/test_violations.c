// SPDX-License-Identifier: MIT
/* What a record and a line leave in the memory of violations. */
#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"
#include "sockets_fixture.h"
#include "violation_events.h"

static void test_start(void **state)
{
	struct fixture *f = *state;

	check_u64("since", (uint64_t)f->violations.since.tv_sec, (uint64_t)fake_wall.tv_sec);
	assert_null(ledger_next(f->violations.ledger, NULL));
}

/* A sweep does not report again what a record told of. */
static void test_record(void **state)
{
	struct fixture *f = *state;
	struct receivers_socket *s = add_socket(HP_PROTO_TCP, 8080);
	struct reported_socket key = socket_table_key(s, HP_CLASS_UNREGISTERED);
	struct hp_event record = hooked(s, HP_CLASS_UNREGISTERED);

	assert_false(reported_sockets_has(f->sweep.table.reported, &key));
	violations_on_record(&f->violations, &record);
	assert_true(reported_sockets_has(f->sweep.table.reported, &key));
}

/* Of a line the ledger knows whose the socket is, and whether enforcement denies it. */
static void test_lines(void **state)
{
	static const struct {
		const char *name;
		uint8_t verdict, hook, how;
		uint64_t group;
		uint32_t pid;
		bool kernel_thread;
		bool kernel, enforceable;
	} cases[] = {
		{ "audited by a hook", HP_VERDICT_AUDITED, HP_HOOK_POST_BIND, HP_HOW_BIND,
		  GROUP_BELOW, 7, false, false, true },
		{ "of any group", HP_VERDICT_AUDITED, HP_HOOK_POST_BIND, HP_HOW_BIND, GROUP_OUTSIDE,
		  7, false, false, true },
		{ "denied", HP_VERDICT_DENIED, HP_HOOK_BIND, HP_HOW_BIND, GROUP_BELOW, 7, false,
		  false, true },
		{ "excepted", HP_VERDICT_EXCEPTED, HP_HOOK_POST_BIND, HP_HOW_BIND, GROUP_BELOW, 7,
		  false, false, false },
		{ "of a process that the hook can't name", HP_VERDICT_AUDITED, HP_HOOK_POST_BIND,
		  HP_HOW_BIND, GROUP_BELOW, 0, false, false, true },
		{ "of a kernel thread, by a hook", HP_VERDICT_AUDITED, HP_HOOK_POST_BIND,
		  HP_HOW_BIND, GROUP_BELOW, 7, true, false, true },
		{ "the kernel's, by a hook", HP_VERDICT_AUDITED, HP_HOOK_POST_BIND, HP_HOW_KERNEL,
		  GROUP_BELOW, 7, false, true, true },
		{ "swept", HP_VERDICT_AUDITED, HP_HOOK_SWEEP, HP_HOW_EXISTING, GROUP_BELOW, 7,
		  false, false, true },
		{ "swept and closed", HP_VERDICT_DENIED, HP_HOOK_SWEEP, HP_HOW_EXISTING,
		  GROUP_BELOW, 7, false, false, true },
		{ "swept, of a group without programs", HP_VERDICT_AUDITED, HP_HOOK_SWEEP,
		  HP_HOW_EXISTING, GROUP_OUTSIDE, 7, false, false, false },
		{ "swept, of a group that is gone", HP_VERDICT_AUDITED, HP_HOOK_SWEEP,
		  HP_HOW_EXISTING, GROUP_UNKNOWN, 7, false, false, true },
		{ "declared by a pod, not bound", HP_VERDICT_AUDITED, HP_HOOK_SWEEP,
		  HP_HOW_DECLARED, 0, 0, false, false, false },
		{ "swept, the kernel's", HP_VERDICT_AUDITED, HP_HOOK_SWEEP, HP_HOW_EXISTING,
		  GROUP_BELOW, 0, true, true, true },
		{ "swept, without a process", HP_VERDICT_AUDITED, HP_HOOK_SWEEP, HP_HOW_EXISTING,
		  GROUP_BELOW, 0, false, false, true },
	};
	struct fixture *f = *state;
	struct event *e = malloc(sizeof(*e));

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hp_event record = hooked(add_socket(HP_PROTO_TCP, (uint16_t)(9000 + i)),
						HP_CLASS_UNREGISTERED);
		const struct ledger_entry *entry;

		record.key.verdict = cases[i].verdict;
		record.key.how = cases[i].how;
		record.hook = cases[i].hook;
		record.cgroup_id = cases[i].group;
		record.pid = cases[i].pid;
		record.kernel_thread = cases[i].kernel_thread;
		violation_event(e, 10, 3);
		e->port = (uint16_t)(9000 + i);
		violations_on_line(&f->violations, &record, e);
		entry = ledger_next(f->violations.ledger, NULL);
		check_u64(cases[i].name, entry->row.port, e->port);
		check_u64(cases[i].name, entry->row.count, 3);
		check_int(cases[i].name, entry->query.kernel_socket, cases[i].kernel);
		check_int(cases[i].name, entry->enforceable, cases[i].enforceable);
	}
	free(e);
}

/* Lines are of one port each: how many ports a workload has is told from time to time. */
static void test_many(void **state)
{
	struct fixture *f = *state;
	struct hp_event record = hooked(add_socket(HP_PROTO_TCP, 9000), HP_CLASS_UNREGISTERED);
	struct event *e = malloc(sizeof(*e));

	for (unsigned int i = 1; i <= 40; i++) {
		violation_event(e, 10, 3);
		e->port = (uint16_t)(9000 + i);
		violations_on_line(&f->violations, &record, e);
		check_u64("notices", world.notices, i < 17 ? 0 : i < 34 ? 1 : 2);
	}
	check_u64("its kind", world.notice_kind, NOTICE_MANY_PORTS);
	check_text("the last", world.notice,
		   "unit web.service: tcp, 34 ports of 9001-9034 (unregistered, external)");
	free(e);
}

/* Of denied binds the process is noted, whatever the ledger makes of it. */
static void test_denied(void **state)
{
	struct fixture *f = *state;
	struct event *e = malloc(sizeof(*e));
	struct hp_event record = hooked(add_socket(HP_PROTO_TCP, 8080), HP_CLASS_UNREGISTERED);

	record.pid = 300;
	violation_event(e, 10, 1);
	violations_on_line(&f->violations, &record, e);
	check_u64("audited", f->violations.denied.len, 0);
	e->verdict = record.key.verdict = HP_VERDICT_DENIED;
	violations_on_line(&f->violations, &record, e);
	check_u64("denied", f->violations.denied.len, 1);
	check_u64("the process", f->violations.denied.list[0].pid, 300);
	free(e);
}

/* Of each team, as many as the lines stand for. */
static void test_teams(void **state)
{
	struct fixture *f = *state;
	struct hp_event record = hooked(add_socket(HP_PROTO_TCP, 8080), HP_CLASS_UNREGISTERED);
	struct event *e = malloc(sizeof(*e));

	violation_event(e, 10, 3);
	violations_on_line(&f->violations, &record, e);
	e->entry_team = "storage";
	violations_on_line(&f->violations, &record, e);
	e->count = 4;
	violations_on_line(&f->violations, &record, e);
	check_u64("teams", f->violations.teams.len, 1);
	check_text("its name", f->violations.teams.list[0].team, "storage");
	check_u64("its own", f->violations.teams.list[0].violations, 7);
	check_u64("nobody's", f->violations.teams.none, 3);
	free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_start, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_record, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_lines, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_many, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_denied, start_violations, stop_violations),
		cmocka_unit_test_setup_teardown(test_teams, start_violations, stop_violations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
