// SPDX-License-Identifier: MIT
/* Sockets of the table, decided with what the hooks and the sockets themselves say. */
#include "fake_log.h"
#include "sockets_fixture.h"

static struct receivers_socket *added(uint16_t port, uint8_t asked)
{
	struct receivers_socket *s = add_socket(HP_PROTO_TCP, port);

	s->asked = asked;
	return s;
}

static void test_open(void **state)
{
	struct fixture *f = *state;

	assert_non_null(f->sweep.table.reported);
	assert_ptr_equal(f->sweep.table.owners, &world.owners);
	check_u64("one is open", world.owners, 1);
	socket_table_close(&f->sweep.table);
	check_u64("none is open", world.owners, 0);
	f->sweep.table.owners = NULL;
	world.owners_error = -EMFILE;
	assert_int_equal(socket_table_open(&f->sweep.table), -EMFILE);
}

/* The socket knows best whether its port was asked for; then a hook that saw its bind(). */
static void test_asked(void **state)
{
	static const struct {
		const char *name;
		uint8_t asked;
		bool hook_saw;
		uint8_t cls;
	} cases[] = {
		{ "nobody knows", HP_ASKED_UNKNOWN, false, HP_CLASS_EPHEMERAL },
		{ "the socket says yes", HP_ASKED_YES, false, HP_CLASS_UNREGISTERED },
		{ "the socket says no", HP_ASKED_NO, false, HP_CLASS_EPHEMERAL },
		{ "a hook saw it", HP_ASKED_UNKNOWN, true, HP_CLASS_UNREGISTERED },
		{ "a hook saw another one of its group", HP_ASKED_NO, true, HP_CLASS_EPHEMERAL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct receivers_socket *s = added((uint16_t)(45000 + i), cases[i].asked);
		struct hp_event record = hooked(s, HP_CLASS_UNREGISTERED);

		if (cases[i].hook_saw)
			socket_table_remember(&f->sweep.table, &record);
		socket_table_decide(&f->sweep.table, s);
		check_u64(cases[i].name, s->decision.cls, cases[i].cls);
	}
}

/* With what configuration, and whether it is the kernel's. */
static void test_decided(void **state)
{
	struct fixture *f = *state;
	struct receivers_socket *s = added(8080, HP_ASKED_YES), *chosen = added(45000, 0);
	struct receivers_socket *row = added(80, HP_ASKED_YES);

	f->in_force.decision.mode = HP_MODE_ENFORCE;
	socket_table_decide(&f->sweep.table, s);
	check_u64("denied", s->decision.verdict, HP_VERDICT_DENIED);
	s->holder = RECEIVER_HOLDER_NONE;
	socket_table_decide(&f->sweep.table, s);
	check_u64("nobody's", s->decision.verdict, HP_VERDICT_DENIED);
	s->holder = RECEIVER_HOLDER_KERNEL;
	socket_table_decide(&f->sweep.table, s);
	check_u64("the kernel's", s->decision.verdict, HP_VERDICT_AUDITED);
	f->in_force.decision.mode = HP_MODE_AUDIT;
	assert_true(socket_table_may_violate(&f->sweep.table, s));
	check_u64("audited", s->decision.verdict, HP_VERDICT_AUDITED);
	assert_true(socket_table_may_violate(&f->sweep.table, chosen));
	assert_false(socket_table_may_violate(&f->sweep.table, row));
}

/* What a pod that is known does not declare; a port without a row is unregistered all the same. */
static void test_undeclared(void **state)
{
	struct pod_port ports[] = { { HP_PROTO_TCP, 80, 0, 0, "" } };
	struct pod pod = { .host_network = true, .ports = ports, .ports_len = 1 };
	struct fixture *f = *state;
	struct receivers_socket *s = added(80, HP_ASKED_YES), *other = added(8080, HP_ASKED_YES);

	socket_table_decide(&f->sweep.table, s);
	check_u64("in no pod", s->decision.cls, HP_CLASS_NONE);
	fake_pod = &pod;
	socket_table_decide(&f->sweep.table, s);
	check_u64("declared", s->decision.cls, HP_CLASS_NONE);
	ports[0].host_ip = "10.0.0.1";
	assert_true(socket_table_may_violate(&f->sweep.table, s));
	check_u64("declared at another address", s->decision.cls, HP_CLASS_UNDECLARED);
	ports[0] = (struct pod_port) { HP_PROTO_UDP, 80, 0, 0, "" };
	socket_table_decide(&f->sweep.table, s);
	check_u64("declared of another protocol", s->decision.cls, HP_CLASS_UNDECLARED);
	check_u64("audited", s->decision.verdict, HP_VERDICT_AUDITED);
	socket_table_decide(&f->sweep.table, other);
	check_u64("no row", other->decision.cls, HP_CLASS_UNREGISTERED);
	s->holder = RECEIVER_HOLDER_KERNEL;
	socket_table_decide(&f->sweep.table, s);
	check_u64("the kernel's", s->decision.cls, HP_CLASS_NONE);
	s->holder = RECEIVER_HOLDER_PROCESS;
	pod.incomplete = true;
	socket_table_decide(&f->sweep.table, s);
	check_u64("it may declare more", s->decision.cls, HP_CLASS_NONE);
	fake_pod = NULL;
}

/* A denied bind() is forgotten; what a sweep reported has to be kept by each one. */
static void test_remembers(void **state)
{
	static const struct {
		const char *name;
		uint8_t hook, verdict;
		bool at_once, after_a_sweep;
	} cases[] = {
		{ "a hook's", HP_HOOK_POST_BIND, HP_VERDICT_AUDITED, true, true },
		{ "an exception's", HP_HOOK_POST_BIND, HP_VERDICT_EXCEPTED, true, true },
		{ "a denied one", HP_HOOK_BIND, HP_VERDICT_DENIED, false, false },
		{ "a sweep's", HP_HOOK_SWEEP, HP_VERDICT_AUDITED, true, false },
		{ "closed by a sweep", HP_HOOK_SWEEP, HP_VERDICT_DENIED, false, false },
	};
	struct fixture *f = *state;
	struct reported_sockets *reported = f->sweep.table.reported;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct receivers_socket *s = added((uint16_t)(8000 + i), HP_ASKED_YES);
		struct hp_event record = hooked(s, HP_CLASS_UNREGISTERED);
		struct reported_socket key = socket_table_key(s, HP_CLASS_UNREGISTERED), other;

		record.hook = cases[i].hook;
		record.key.verdict = cases[i].verdict;
		socket_table_remember(&f->sweep.table, &record);
		check_int(cases[i].name, reported_sockets_has(reported, &key), cases[i].at_once);
		check_int(cases[i].name, reported_sockets_has_cookie(reported, &key),
			  cases[i].at_once);
		other = key;
		other.cookie++; /* of its group */
		check_int(cases[i].name, reported_sockets_has(reported, &other), cases[i].at_once);
		other.port++;
		check_int(cases[i].name, reported_sockets_has(reported, &other), false);
		other = key;
		other.cookie++;
		other.cls = HP_CLASS_RETIRED;
		check_int(cases[i].name, reported_sockets_has(reported, &other), false);
		other.cls = key.cls;
		reported_sockets_sweep_end(reported);
		reported_sockets_sweep_end(reported);
		check_int(cases[i].name, reported_sockets_has(reported, &other),
			  cases[i].after_a_sweep);
	}
}

/* What can't be read is said once for each protocol. */
static void test_unreadable(void **state)
{
	struct fixture *f = *state;
	static const struct {
		uint32_t unreadable;
		const char *log;
	} cases[] = {
		{ 0, "" },
		{ 1U << HP_PROTO_SCTP, "warning: sctp sockets are not swept: the kernel's sock_diag"
				       " module for them is missing\n" },
		{ 1U << HP_PROTO_SCTP, "" },
		{ 1U << HP_PROTO_SCTP | 1U << HP_PROTO_UDP,
		  "warning: udp sockets are not swept: the kernel's sock_diag module for them is"
		  " missing\n" },
		{ 0, "" },
		{ 1U << HP_PROTO_UDP, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_receivers_ struct receivers got = { 0 };

		world.unreadable = cases[i].unreadable;
		assert_int_equal(socket_table_read(&f->sweep.table, socket_table_may_violate, &got),
				 0);
		check_u64("unreadable", got.unreadable, cases[i].unreadable);
		check_log("said", cases[i].log);
	}
}

/* It is read with the range of the moment, and an error comes with what was read. */
static void test_read(void **state)
{
	_cleanup_receivers_ struct receivers got = { 0 }, again = { 0 };
	struct fixture *f = *state;

	(void)added(45000, 0);
	(void)added(80, 0);
	assert_int_equal(socket_table_read(&f->sweep.table, socket_table_may_violate, &got), 0);
	check_u64("one may violate", got.len, 1);
	check_u64("two are there", got.seen, 2);
	check_u64("chosen", got.list[0].decision.cls, HP_CLASS_EPHEMERAL);
	world.range = (struct port_range) { 50000, 50100 };
	world.read_error = -E2BIG;
	assert_int_equal(socket_table_read(&f->sweep.table, socket_table_may_violate, &again),
			 -E2BIG);
	check_u64("another range", again.list[0].decision.cls, HP_CLASS_UNREGISTERED);
	check_u64("as read", f->sweep.table.range.first, 50000);
	check_u64("as read", f->sweep.table.range.last, 50100);
}

/* A socket without a process may be the kernel's: only then it is not denied. */
static void test_kernel_sockets(void **state)
{
	static const struct {
		const char *name;
		uint32_t pid;
		uint8_t holder;
		bool sees_all;
		int error;
		uint8_t verdict;
	} cases[] = {
		{ "a process has it", 7, 0, true, 0, HP_VERDICT_DENIED },
		{ "the kernel has it", 0, RECEIVER_HOLDER_KERNEL, true, 0, HP_VERDICT_AUDITED },
		{ "nobody has it", 0, RECEIVER_HOLDER_NONE, true, 0, HP_VERDICT_DENIED },
		{ "not all are seen", 0, 0, false, 0, HP_VERDICT_DENIED },
		{ "they could not be read", 0, 0, true, -EIO, HP_VERDICT_DENIED },
	};
	struct fixture *f = *state;
	struct hp_config config = f->in_force.decision;

	config.mode = HP_MODE_ENFORCE;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_receivers_ struct receivers found = { 0 };

		world.len = 0;
		added(8080, HP_ASKED_YES)->pid = cases[i].pid;
		world.sockets[0].holder = cases[i].holder;
		world.sees_all = cases[i].sees_all;
		world.name_error = cases[i].error;
		assert_int_equal(socket_table_find(&f->sweep.table, &config, &found), 0);
		check_u64(cases[i].name, found.len, 1);
		check_u64(cases[i].name, found.list[0].decision.verdict, cases[i].verdict);
	}
}

/* Processes are looked for once, and only if there is a socket to ask for. */
static void test_find(void **state)
{
	_cleanup_receivers_ struct receivers none = { 0 }, found = { 0 };
	struct fixture *f = *state;
	struct receivers_socket *late;

	assert_int_equal(socket_table_find(&f->sweep.table, &f->in_force.decision, &none), 0);
	check_u64("nothing to name", world.names, 0);
	check_u64("drained", world.all_drains, 1);
	(void)added(9090, HP_ASKED_YES);
	(void)added(8080, HP_ASKED_YES);
	late = added(45000, HP_ASKED_UNKNOWN); /* its record waits in the ring */
	world.waiting = hooked(late, HP_CLASS_UNREGISTERED);
	world.waiting_for = world.drains + 1;
	world.read_error = -EIO;
	assert_int_equal(socket_table_find(&f->sweep.table, &f->in_force.decision, &found), -EIO);
	check_u64("named once", world.names, 1);
	check_u64("found", found.len, 3);
	check_u64("sorted", found.list[0].socket.port, 8080);
	check_u64("sorted", found.list[1].socket.port, 9090);
	check_u64("as the hook saw it", found.list[2].decision.cls, HP_CLASS_UNREGISTERED);
}

static void test_groups(void **state)
{
	static const struct {
		const char *attached;
		uint64_t group;
		bool checked, unchecked;
	} cases[] = {
		{ "/kubepods", GROUP_INSIDE, true, false },
		{ "/kubepods", GROUP_BELOW, true, false },
		{ "/kubepods", GROUP_OUTSIDE, false, true },
		{ "/kubepods", GROUP_BESIDE, false, true }, /* a name that begins alike */
		{ "/kubepods", GROUP_UNKNOWN, false, false },
		{ "", GROUP_INSIDE, true, false }, /* the root */
		{ "", GROUP_OUTSIDE, true, false },
		{ "", GROUP_UNKNOWN, false, false },
		{ "/kubepods/pod", GROUP_INSIDE, false, true },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		f->sweep.table.cgroup = cases[i].attached;
		check_int(cases[i].attached,
			  socket_table_is_checked(&f->sweep.table, cases[i].group),
			  cases[i].checked);
		check_int(cases[i].attached,
			  socket_table_is_unchecked(&f->sweep.table, cases[i].group),
			  cases[i].unchecked);
	}
}

static void test_record(void **state)
{
	struct fixture *f = *state;
	struct receivers_socket *s = add_socket(HP_PROTO_UDP, 40000);
	struct hp_event record;

	s->socket.family = 6;
	memcpy(s->socket.addr, (const uint8_t[HP_ADDR_LEN]) { 0x20, 1, 2, 3 }, HP_ADDR_LEN);
	f->in_force.decision.mode = HP_MODE_ENFORCE;
	socket_table_decide(&f->sweep.table, s);
	socket_table_record(&f->sweep.table, s, &record);
	check_u64("cgroup", record.cgroup_id, GROUP_BELOW);
	check_u64("port", record.key.port, 40000);
	check_u64("protocol", record.key.proto, HP_PROTO_UDP);
	check_u64("class", record.key.cls, HP_CLASS_RETIRED);
	check_u64("verdict", record.key.verdict, HP_VERDICT_DENIED);
	check_u64("how", record.key.how, HP_HOW_EXISTING);
	check_u64("uid", record.uid, 5);
	check_u64("pid", record.pid, s->pid);
	check_u64("row", record.row, s->decision.row);
	check_u64("generation", record.policy_generation, 3);
	check_u64("family", record.family, 6);
	check_u64("hook", record.hook, HP_HOOK_SWEEP);
	check_u64("cookie", record.cookie, s->socket.cookie);
	check_u64("mode", record.mode, HP_MODE_ENFORCE);
	check_u64("a process's", record.kernel_thread, 0);
	assert_memory_equal(record.addr, s->socket.addr, HP_ADDR_LEN);
	check_text("comm", record.comm, "proc");
	socket_table_describe(&f->sweep.table, s);
	check_text("its row", f->sweep.table.event.entry_process, "old");
	check_u64("its port", f->sweep.table.event.port, 40000);
	s->holder = RECEIVER_HOLDER_KERNEL;
	socket_table_record(&f->sweep.table, s, &record);
	check_u64("the kernel's", record.kernel_thread, 1);
	s->holder = RECEIVER_HOLDER_NONE;
	socket_table_record(&f->sweep.table, s, &record);
	check_u64("nobody's", record.kernel_thread, 0);
}

static void test_protocols(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	(void)state;
	jsonw_object(&w, NULL);
	socket_table_put_protocols(&w, "none", 0);
	socket_table_put_protocols(&w, "some", 1U << HP_PROTO_TCP | 1U << HP_PROTO_SCTP);
	jsonw_object_end(&w);
	check_text("json", out.data, "{\"none\":[],\"some\":[\"tcp\",\"sctp\"]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_asked, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_decided, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_undeclared, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_remembers, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_unreadable, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_read, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_kernel_sockets, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_find, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_groups, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_record, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_protocols, open_table, close_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
