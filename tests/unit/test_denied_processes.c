// SPDX-License-Identifier: MIT
/* Processes that were denied ports: which are kept, and which are said to run on without. */
#include <stdlib.h>

#include "violation_events.h"

#include "../../user/violations/denied_processes.h"

#define OLD DENIED_AGE_NS

struct fixture {
	struct denied_processes denied;
	struct hp_event record;
	struct event event;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	violation_event(&f->event, 10, 1);
	f->event.verdict = HP_VERDICT_DENIED;
	f->record = (struct hp_event) { .pid = 7, .start_ns = 1000, .cgroup_id = 3, .uid = 5 };
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	denied_processes_free(&f->denied);
	check_u64("freed", f->denied.len, 0);
	free(f);
	return 0;
}

static void note(struct fixture *f, uint32_t pid, uint16_t port, uint64_t now_ns)
{
	f->record.pid = pid;
	f->event.port = port;
	denied_processes_note(&f->denied, &f->record, &f->event, now_ns);
}

static char *document(const struct fixture *f, uint64_t now_ns)
{
	struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	jsonw_object(&w, NULL);
	denied_processes_put(&f->denied, &(struct workload_facts) { 0 }, "without_port", now_ns,
			     &w);
	jsonw_object_end(&w);
	return buf_take(&out);
}

static void check_document(const struct fixture *f, const char *name, uint64_t now_ns,
			   const char *want)
{
	_cleanup_free_ char *got = document(f, now_ns);

	check_text(name, got, want);
}

#define NOBODY "{\"without_port\":[]}"
#define WEB(pid, ports, more)                                                                      \
	"{\"pid\":" pid ",\"uid\":5,\"comm\":\"web\",\"cgroup\":\"/system.slice/web.service\","    \
	"\"workload\":{\"kind\":\"unit\",\"unit\":\"web.service\"},\"ports\":[" ports              \
	"],\"more\":" more "}"
#define TCP(port)                                                                                  \
	"{\"protocol\":\"tcp\",\"port\":" port ",\"class\":\"unregistered\","                      \
	"\"since\":\"1970-01-01T00:00:09.000000000Z\"}"

/* Before some seconds have passed, a process may be about to end. */
static void test_age(void **state)
{
	struct fixture *f = *state;

	check_document(f, "nobody", OLD, NOBODY);
	note(f, 7, 631, 50);
	check_document(f, "just denied", 50, NOBODY);
	check_document(f, "nearly", 49 + OLD, NOBODY);
	check_document(f, "long ago", 50 + OLD,
		       "{\"without_port\":[" WEB("7", TCP("631"), "false") "]}");
	note(f, 7, 631, 50 + OLD); /* it tries again */
	check_document(f, "since the first time", 50 + OLD,
		       "{\"without_port\":[" WEB("7", TCP("631"), "false") "]}");
	note(f, 7, 632, 50 + OLD);
	check_document(f, "the other one is new", 50 + OLD,
		       "{\"without_port\":[" WEB("7", TCP("631"), "false") "]}");
	check_document(f, "both", 50 + 2 * OLD,
		       "{\"without_port\":[" WEB("7", TCP("631") "," TCP("632"), "false") "]}");
}

/* Only what a process asked for by its port, and did not get. */
static void test_what(void **state)
{
	static const struct {
		const char *name;
		uint8_t verdict, cls, how;
		uint32_t pid;
		uint8_t kernel_thread;
		size_t len;
	} cases[] = {
		{ "denied", HP_VERDICT_DENIED, HP_CLASS_SCOPE, HP_HOW_BIND, 7, 0, 1 },
		{ "closed by a sweep", HP_VERDICT_DENIED, HP_CLASS_SCOPE, HP_HOW_EXISTING, 7, 0,
		  1 },
		{ "audited", HP_VERDICT_AUDITED, HP_CLASS_SCOPE, HP_HOW_BIND, 7, 0, 0 },
		{ "excepted", HP_VERDICT_EXCEPTED, HP_CLASS_SCOPE, HP_HOW_BIND, 7, 0, 0 },
		{ "chosen", HP_VERDICT_DENIED, HP_CLASS_EPHEMERAL, HP_HOW_BIND0, 7, 0, 0 },
		{ "chosen, of a row", HP_VERDICT_DENIED, HP_CLASS_RETIRED, HP_HOW_BIND0, 7, 0, 0 },
		{ "of no process", HP_VERDICT_DENIED, HP_CLASS_SCOPE, HP_HOW_BIND, 0, 0, 0 },
		{ "of the kernel", HP_VERDICT_DENIED, HP_CLASS_SCOPE, HP_HOW_BIND, 7, 1, 0 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		f->event.verdict = cases[i].verdict;
		f->event.cls = cases[i].cls;
		f->event.how = cases[i].how;
		f->record.kernel_thread = cases[i].kernel_thread;
		note(f, cases[i].pid, 80, 0);
		check_u64(cases[i].name, f->denied.len, cases[i].len);
		denied_processes_free(&f->denied);
	}
}

/* A process is a pid and its start. */
static void test_processes(void **state)
{
	struct fixture *f = *state;

	note(f, 7, 80, 0);
	f->record.start_ns++;
	note(f, 7, 80, 0);
	note(f, 8, 80, 0);
	check_u64("three", f->denied.len, 3);
	f->event.proto = HP_PROTO_UDP;
	note(f, 8, 80, 0);
	check_u64("still", f->denied.len, 3);
	check_u64("of another protocol", f->denied.list[2].len, 2);
}

static bool is_odd(const struct denied_process *process)
{
	return process->pid % 2;
}

static void test_keep(void **state)
{
	struct fixture *f = *state;

	for (uint32_t pid = 1; pid <= 5; pid++)
		note(f, pid, 80, 0);
	denied_processes_keep(&f->denied, is_odd);
	check_u64("kept", f->denied.len, 3);
	for (size_t i = 0; i < f->denied.len; i++)
		check_u64("odd", f->denied.list[i].pid % 2, 1);
}

/* It has the port by now: by itself, or by another process of its control group. */
static void test_has(void **state)
{
	static const struct {
		const char *name;
		uint8_t proto;
		uint16_t port;
		uint32_t pid;
		uint64_t cgroup_id;
		size_t len;
	} cases[] = {
		{ "itself", HP_PROTO_TCP, 80, 7, 0, 0 },
		{ "itself, of another group", HP_PROTO_TCP, 80, 7, 4, 0 },
		{ "its group", HP_PROTO_TCP, 80, 0, 3, 0 },
		{ "another one of its group", HP_PROTO_TCP, 80, 8, 3, 0 },
		{ "another one", HP_PROTO_TCP, 80, 8, 4, 1 },
		{ "nobody knows", HP_PROTO_TCP, 80, 0, 0, 1 },
		{ "another port", HP_PROTO_TCP, 81, 7, 3, 1 },
		{ "another protocol", HP_PROTO_UDP, 80, 7, 3, 1 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		note(f, 7, 80, 0);
		denied_processes_has(&f->denied, cases[i].proto, cases[i].port, cases[i].pid,
				     cases[i].cgroup_id);
		check_u64(cases[i].name, f->denied.len, cases[i].len);
		denied_processes_free(&f->denied);
	}
	f->record.cgroup_id = 0; /* not known: no group is the same */
	note(f, 7, 80, 0);
	denied_processes_has(&f->denied, HP_PROTO_TCP, 80, 8, 0);
	check_u64("an unknown group", f->denied.len, 1);
}

/* With one of its ports it still lacks the others. */
static void test_has_one(void **state)
{
	struct fixture *f = *state;

	note(f, 7, 80, 0);
	note(f, 7, 81, 0);
	note(f, 7, 82, 0);
	check_int("wanted", denied_processes_want(&f->denied, HP_PROTO_TCP, 81), true);
	check_int("of another protocol", denied_processes_want(&f->denied, HP_PROTO_UDP, 81),
		  false);
	denied_processes_has(&f->denied, HP_PROTO_TCP, 80, 7, 0);
	check_int("it has it", denied_processes_want(&f->denied, HP_PROTO_TCP, 80), false);
	check_int("and not this", denied_processes_want(&f->denied, HP_PROTO_TCP, 81), true);
	check_int("nor this", denied_processes_want(&f->denied, HP_PROTO_TCP, 82), true);
	denied_processes_has(&f->denied, HP_PROTO_TCP, 82, 7, 0);
	denied_processes_has(&f->denied, HP_PROTO_TCP, 81, 7, 0);
	check_u64("it has all", f->denied.len, 0);
}

/* So many ports of a process; of the rest it is said that there are more. */
static void test_many_ports(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < DENIED_PORTS_MAX; i++)
		note(f, 7, (uint16_t)(80 + i), 0);
	check_u64("ports", f->denied.list[0].len, DENIED_PORTS_MAX);
	check_int("all", f->denied.list[0].more, false);
	note(f, 7, 80, 0);
	check_int("known", f->denied.list[0].more, false);
	note(f, 7, 8080, 0);
	check_u64("ports", f->denied.list[0].len, DENIED_PORTS_MAX);
	check_int("more", f->denied.list[0].more, true);
	check_int("which is not kept", denied_processes_want(&f->denied, HP_PROTO_TCP, 8080),
		  false);
}

/* So many processes; the one that was denied longest ago makes room. */
static void test_many(void **state)
{
	struct fixture *f = *state;

	for (uint32_t pid = 1; pid <= DENIED_PROCESSES_MAX; pid++)
		note(f, pid, (uint16_t)pid, pid);
	note(f, 1, 1, 1000); /* once more */
	note(f, 5000, 5000, 1001);
	check_u64("processes", f->denied.len, DENIED_PROCESSES_MAX);
	check_int("the new one", denied_processes_want(&f->denied, HP_PROTO_TCP, 5000), true);
	check_int("denied again", denied_processes_want(&f->denied, HP_PROTO_TCP, 1), true);
	check_int("the oldest one", denied_processes_want(&f->denied, HP_PROTO_TCP, 2), false);
	check_int("the next one", denied_processes_want(&f->denied, HP_PROTO_TCP, 3), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_age, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what, setup, teardown),
		cmocka_unit_test_setup_teardown(test_processes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keep, setup, teardown),
		cmocka_unit_test_setup_teardown(test_has, setup, teardown),
		cmocka_unit_test_setup_teardown(test_has_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_ports, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
