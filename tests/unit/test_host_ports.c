// SPDX-License-Identifier: MIT
/* Ports that pods declare: what is reported of those that nothing binds. */
#include "declared_pods.h"
#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"
#include "sockets_fixture.h"

#include "../../user/violations/host_ports.h"

static struct loop *loop;
static struct pods *pods;
static struct host_ports ports;

static int start(void **state)
{
	struct fixture *f;

	assert_int_equal(open_table(state), 0);
	f = *state;
	pods = calloc(1, sizeof(*pods));
	assert_non_null(pods);
	pods->len = 1;
	f->sweep.table.identity->pods = pods;
	ports = (struct host_ports) { .table = &f->sweep.table };
	fake_boot = (struct timespec) { .tv_sec = 1000 };
	(void)loop_new(&loop);
	return host_ports_start(&ports, loop);
}

static int stop(void **state)
{
	host_ports_stop(&ports);
	loop_free(loop);
	pods_free(pods);
	free(pods);
	return close_table(state);
}

/* One look: so many lines come of it, and all of them are written. */
static void look(const char *name, size_t lines)
{
	world.lines_len = 0;
	host_ports_look(&ports);
	check_u64(name, world.lines_len, lines);
	if (lines)
		check_u64(name, world.flushed, lines);
}

static void host_port(const char *name, uint16_t port, const char *host_ip)
{
	put_declared_pod(pods, &(struct declared_pod) { .name = name,
							.proto = HP_PROTO_TCP,
							.container_port = 80,
							.host_port = port,
							.host_ip = host_ip });
}

static void test_line(void **state)
{
	const struct hp_event *record = &world.lines[0].record;

	(void)state;
	look("no pod", 0);
	host_port("web", 8080, NULL);
	look("one", 1);
	check_text("whose", world.declared[0], "ns/web/c");
	check_u64("port", record->key.port, 8080);
	check_u64("protocol", record->key.proto, HP_PROTO_TCP);
	check_u64("class", record->key.cls, HP_CLASS_UNREGISTERED);
	check_u64("verdict", record->key.verdict, HP_VERDICT_AUDITED);
	check_u64("how", record->key.how, HP_HOW_DECLARED);
	check_u64("scope", record->key.scope, HP_SCOPE_EXTERNAL);
	check_u64("every address", record->family, 0);
	check_u64("no process", record->pid, 0);
	check_u64("no hook", record->hook, HP_HOOK_SWEEP);
	check_u64("mode", record->mode, HP_MODE_AUDIT);
	check_u64("policy", record->policy_generation, 3);
	check_u64("when", record->time_ns, 1000000000000ULL);
	check_u64("the socket table is not read", world.reads, 0);
}

/* Told once; again when it was gone, when its class is another, and for each address. */
static void test_once(void **state)
{
	struct fixture *f = *state;

	host_port("web", 8080, NULL);
	look("one", 1);
	look("the same", 0);
	look("and again", 0);
	host_port("other", 8080, NULL);
	look("another pod", 1);
	check_text("whose", world.declared[0], "ns/other/c");
	pod_table_remove(&pods->sources[0].table, "web", 2);
	look("gone", 0);
	host_port("web", 8080, NULL);
	look("back", 1);
	host_port("web", 8080, "10.0.0.1");
	look("at another address", 1);
	check_u64("family", world.lines[0].record.family, 4);
	check_u64("address", world.lines[0].record.addr[0], 10);
	use_registry(f, "retired:\n  - {ports: 8080, protocol: tcp, process: old, removed: '4.1'}");
	look("as another class", 2);
	check_u64("class", world.lines[0].record.key.cls, HP_CLASS_RETIRED);
	look("once", 0);
}

/* What the registry says, as of a bind; but no bind is there to be denied. */
static void test_verdicts(void **state)
{
	static const struct {
		const char *name, *host_ip;
		uint16_t port;
		uint8_t cls, verdict; /* none: no line */
	} cases[] = {
		{ "registered", NULL, 80, HP_CLASS_NONE, HP_VERDICT_NONE },
		{ "localhost only, everywhere", NULL, 81, HP_CLASS_SCOPE, HP_VERDICT_AUDITED },
		{ "localhost only, there", "127.0.0.1", 81, HP_CLASS_NONE, HP_VERDICT_NONE },
		{ "localhost only, there in IPv6", "::1", 81, HP_CLASS_NONE, HP_VERDICT_NONE },
		{ "excepted", NULL, 8090, HP_CLASS_UNREGISTERED, HP_VERDICT_EXCEPTED },
		{ "in the kernel's range", NULL, 45000, HP_CLASS_UNREGISTERED, HP_VERDICT_AUDITED },
		{ "retired", NULL, 32768, HP_CLASS_RETIRED, HP_VERDICT_AUDITED },
	};
	struct fixture *f = *state;

	f->in_force.decision.mode = HP_MODE_ENFORCE;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		host_port("web", cases[i].port, cases[i].host_ip);
		look(cases[i].name, cases[i].verdict != HP_VERDICT_NONE);
		if (cases[i].verdict == HP_VERDICT_NONE)
			continue;
		check_u64(cases[i].name, world.lines[0].record.key.cls, cases[i].cls);
		check_u64(cases[i].name, world.lines[0].verdict, cases[i].verdict);
		check_u64(cases[i].name, world.lines[0].record.mode, HP_MODE_ENFORCE);
	}
}

/* A row may name the pod and its container. */
static void test_owners(void **state)
{
	struct fixture *f = *state;

	use_registry(f, "entries:\n"
			"  - {ports: 8080, protocol: tcp, process: web,"
			" owners: [{namespace: ns, pod: 'web-*', container: c}]}");
	f->in_force.facts.knows_pods = f->in_force.facts.knows_units = true;
	policy_free(f->in_force.policy);
	assert_int_equal(
		policy_build(f->in_force.registry, &f->in_force.facts, &f->in_force.policy), 0);
	host_port("web-1", 8080, NULL);
	look("an owner", 0);
	host_port("thief", 8080, NULL);
	look("a stranger", 1);
	check_u64("class", world.lines[0].record.key.cls, HP_CLASS_OWNER);
	check_text("whose", world.declared[0], "ns/thief/c");
}

/* Only ports that no bind() takes: of pods that have not ended, without the host's network. */
static void test_which(void **state)
{
	struct declared_pod pod = {
		.name = "web", .proto = HP_PROTO_TCP, .container_port = 8080, .host_port = 8080
	};

	(void)state;
	pod.host_network = true;
	put_declared_pod(pods, &pod);
	look("on the host's network", 0);
	pod.host_network = false;
	pod.host_port = 0;
	put_declared_pod(pods, &pod);
	look("no hostPort", 0);
	pod.host_port = 8080;
	pod.ended = true;
	put_declared_pod(pods, &pod);
	look("ended", 0);
	pod.ended = false;
	put_declared_pod(pods, &pod);
	look("none of these", 1);
}

/* What is too much for one look comes with the next, which is soon. */
static void test_many(void **state)
{
	struct pod_container container = { "c", POD_CONTAINER_MAIN };
	struct pod_port many[HOST_PORTS_LINES + 10];
	const struct pod pod = {
		.namespace_ = "ns",
		.name = "web",
		.uid = "u",
		.mirror_of = "",
		.containers = &container,
		.containers_len = 1,
		.ports = many,
		.ports_len = ARRAY_LEN(many),
	};
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	(void)state;
	for (uint16_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = (struct pod_port) { HP_PROTO_TCP, 80, (uint16_t)(10000 + i), 0, "" };
	pod_record_of(&pod, &bytes);
	assert_int_equal(pod_record_parse(bytes.data, bytes.len, &record), 0);
	assert_int_equal(pod_table_apply(&pods->sources[0].table, &record, 1), 0);
	look("as many as are told at once", HOST_PORTS_LINES);
	check_u64("soon", ports.timer->ms, 500);
	look("the others", 10);
	check_u64("later", ports.timer->ms, HOST_PORTS_EVERY_S * 1000);
	look("none", 0);
}

/* ---- ports that should be bound ------------------------------------------------------------ */

static void on_host(const char *name, uint8_t proto, uint16_t port, enum pod_container_kind kind)
{
	put_declared_pod(pods, &(struct declared_pod) { .name = name,
							.host_network = true,
							.kind = kind,
							.proto = proto,
							.container_port = port });
}

/* Time passes, a look a minute: so many notices come of the last one. */
static void pass(const char *name, unsigned int minutes, unsigned int notices)
{
	for (unsigned int i = 0; i < minutes; i++) {
		check_u64(name, world.notices, 0);
		fake_pass_ms(60000);
		host_ports_look(&ports);
	}
	check_u64(name, world.notices, notices);
	check_u64("no line", world.lines_len, 0);
	world.notices = 0;
}

static void test_not_bound(void **state)
{
	(void)state;
	on_host("web", HP_PROTO_TCP, 9100, POD_CONTAINER_MAIN);
	pass("new", 10, 0);
	pass("for ten minutes", 1, 1);
	check_u64("kind", world.notice_kind, NOTICE_NOT_BOUND);
	check_text("message", world.notice,
		   "pod ns/web: container c declares tcp 9100, and nothing has listened on it for"
		   " 10 minutes: no other pod that declares it is scheduled on this node");
	pass("once", 30, 0);
	(void)add_socket(HP_PROTO_TCP, 9100);
	pass("bound", 1, 0);
	world.len = 0;
	pass("free again", 10, 0);
	pass("for ten minutes", 1, 1);
}

/* Whatever listens counts, but for a client and another protocol. */
static void test_bound(void **state)
{
	(void)state;
	on_host("a", HP_PROTO_TCP, 1001, POD_CONTAINER_MAIN);
	on_host("b", HP_PROTO_UDP, 1002, POD_CONTAINER_SIDECAR);
	on_host("c", HP_PROTO_TCP, 1003, POD_CONTAINER_INIT);
	on_host("d", HP_PROTO_TCP, 1004, POD_CONTAINER_EPHEMERAL);
	host_port("e", 80, NULL); /* is not bound ever */
	add_socket(HP_PROTO_TCP, 1001)->socket.addr[0] = 10;
	(void)add_socket(HP_PROTO_UDP, 1002);
	pass("bound", 12, 0);
	world.len = 0;
	(void)add_socket(HP_PROTO_UDP, 1001);
	(void)add_socket(HP_PROTO_TCP, 1002);
	add_socket(HP_PROTO_UDP, 1002)->socket.connected = true;
	pass("free", 11, 2);
}

/* What can't be seen is not told. */
static void test_unreadable(void **state)
{
	(void)state;
	on_host("a", HP_PROTO_SCTP, 1001, POD_CONTAINER_MAIN);
	on_host("b", HP_PROTO_TCP, 1002, POD_CONTAINER_MAIN);
	world.unreadable = 1U << HP_PROTO_SCTP;
	pass("the other one", 11, 1);
	world.unreadable = 0;
	pass("from now on", 10, 0);
	world.read_error = -EIO;
	pass("not read", 5, 0);
	world.read_error = 0;
	pass("known from before", 1, 1);
	check_log("nothing to say", "");
}

/* So many notices at a look, whatever the pods declare. */
static void test_notices(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < HOST_PORTS_NOTICES + 3; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "p%u", i);
		on_host(name, HP_PROTO_TCP, (uint16_t)(2000 + i), POD_CONTAINER_MAIN);
	}
	pass("at most", 11, HOST_PORTS_NOTICES);
	pass("the rest", 1, 3);
	pass("none", 1, 0);
}

/* Looks in between, as when pods change, do not read the socket table each time. */
static void test_timer(void **state)
{
	(void)state;
	check_u64("a minute", ports.timer->ms, 60000);
	check_u64("each time anew", ports.timer->every_ms, 0);
	on_host("web", HP_PROTO_TCP, 9100, POD_CONTAINER_MAIN);
	fake_pass_ms(60000);
	fake_fire(ports.timer, 0);
	check_u64("read", world.reads, 1);
	host_ports_soon(&ports);
	check_u64("soon", ports.timer->ms, 500);
	check_u64("set", ports.timer->times_set, 3);
	host_ports_soon(&ports);
	check_u64("not put off", ports.timer->times_set, 3);
	fake_pass_ms(500);
	fake_fire(ports.timer, 0);
	check_u64("not read again", world.reads, 1);
	check_u64("a minute", ports.timer->ms, 60000);
	host_ports_soon(&ports);
	check_u64("soon again", ports.timer->ms, 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_line, start, stop),
		cmocka_unit_test_setup_teardown(test_once, start, stop),
		cmocka_unit_test_setup_teardown(test_verdicts, start, stop),
		cmocka_unit_test_setup_teardown(test_owners, start, stop),
		cmocka_unit_test_setup_teardown(test_which, start, stop),
		cmocka_unit_test_setup_teardown(test_many, start, stop),
		cmocka_unit_test_setup_teardown(test_not_bound, start, stop),
		cmocka_unit_test_setup_teardown(test_bound, start, stop),
		cmocka_unit_test_setup_teardown(test_unreadable, start, stop),
		cmocka_unit_test_setup_teardown(test_notices, start, stop),
		cmocka_unit_test_setup_teardown(test_timer, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
