// SPDX-License-Identifier: MIT
/* The document of all that listens. */
#include "declared_pods.h"
#include "fake_log.h"
#include "sockets_fixture.h"

#include "../../user/base/json.h"
#include "../../user/violations/listeners.h"

static struct json *read_document(struct fixture *f)
{
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 };
	struct json *json = NULL;

	assert_int_equal(listeners_json(&f->sweep.table, &out), 0);
	assert_int_equal(json_parse(out.data, out.len, &err, &json), 0);
	return json;
}

static void test_none(void **state)
{
	struct fixture *f = *state;
	_cleanup_buf_ struct buf out = { 0 };

	assert_int_equal(listeners_json(&f->sweep.table, &out), 0);
	check_text("document", out.data,
		   "{\"listeners\":[],\"left_out\":0,\"unreadable\":[],\"node\":\"n1\"}");
	check_u64("nobody to name", world.names, 0);
}

/* Each is decided, the allowed ones, too, and they are sorted. */
static void test_some(void **state)
{
	static const struct {
		uint64_t port;
		const char *verdict, *cls, *process;
		int documented; /* -1: null */
	} want[] = {
		{ 80, "allowed", "none", "web", 0 },
		{ 81, "audited", "scope", "local", 0 },
		{ 8080, "audited", "unregistered", "", 0 },
		{ 9050, "audited", "unregistered", "", 1 },
		{ 9051, "audited", "unregistered", "", -1 }, /* loopback */
		{ 45000, "allowed", "ephemeral", "", 0 },
	};
	struct fixture *f = *state;
	_cleanup_(json_freep) struct json *json = NULL;
	const struct json *list;

	(void)add_socket(HP_PROTO_TCP, 45000);
	(void)add_socket(HP_PROTO_TCP, 8080);
	(void)add_socket(HP_PROTO_TCP, 81);
	(void)add_socket(HP_PROTO_TCP, 80);
	(void)add_socket(HP_PROTO_TCP, 9050);
	add_socket(HP_PROTO_TCP, 9051)->socket.addr[0] = 127;
	add_socket(HP_PROTO_UDP, 5000)->socket.connected = true; /* a client */
	json = read_document(f);
	list = json_member(json, "listeners");
	check_u64("listed", json_len(list), ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct json *l = json_at(list, i);
		const struct json *documented = json_member(l, "documented");
		char name[32];

		(void)snprintf(name, sizeof(name), "port %llu", (unsigned long long)want[i].port);
		check_u64(name, json_member_u64(l, "port", 0), want[i].port);
		check_text(name, json_member_text(l, "verdict", ""), want[i].verdict);
		check_text(name, json_member_text(l, "class", ""), want[i].cls);
		check_text(name, json_member_text(json_member(l, "entry"), "process", ""),
			   want[i].process);
		check_text(name, json_member_text(l, "comm", ""), "proc");
		check_int(name, json_bool(documented, false), want[i].documented == 1);
		check_int(name, json_bool(documented, true), want[i].documented != 0);
		assert_true(json_member_u64(l, "cookie", 0) > 100);
		check_u64(name, json_member_u64(l, "inode", 0),
			  json_member_u64(l, "cookie", 0) + 999);
	}
	check_u64("named at once", world.names, 1);
	check_u64("drained", world.drains, 1);
}

/* What the hooks saw before is known: the ring is read before anything is decided. */
static void test_hooked(void **state)
{
	struct fixture *f = *state;
	_cleanup_(json_freep) struct json *json = NULL;

	world.waiting = hooked(add_socket(HP_PROTO_TCP, 45000), HP_CLASS_UNREGISTERED);
	world.waiting_for = 1;
	json = read_document(f);
	check_text("asked for",
		   json_member_text(json_at(json_member(json, "listeners"), 0), "class", ""),
		   "unregistered");
}

/* ---- what pods declare --------------------------------------------------------------------- */

#define UID2 "1b6e1f2a-1111-4222-8333-444455556666"

static struct pods *pods;

static int know_pods(void **state)
{
	struct fixture *f;

	assert_int_equal(open_table(state), 0);
	f = *state;
	pods = calloc(1, sizeof(*pods));
	assert_non_null(pods);
	pods->len = 1;
	pods->sources[0].up = true;
	pods->sources[0].table.was_listed = true;
	f->sweep.table.identity->pods = pods;
	fake_cgroup = "/kubepods/pod" DECLARED_UID;
	return 0;
}

static int forget_pods(void **state)
{
	fake_cgroup = "/system.slice/db.service";
	pods_free(pods);
	free(pods);
	return close_table(state);
}

/* Of each listener: port, who has it, declared by, shadowed, orphan. */
static void check_listed(struct fixture *f, const char *name, const char *want)
{
	_cleanup_(json_freep) struct json *json = read_document(f);
	const struct json *list = json_member(json, "listeners");
	_cleanup_buf_ struct buf got = { 0 };

	for (size_t i = 0; i < json_len(list); i++) {
		const struct json *l = json_at(list, i), *declared = json_member(l, "declared");
		bool is_null = json_bool(declared, true) != json_bool(declared, false);

		buf_printf(&got, "%s%s %llu %s %s", i ? ", " : "",
			   json_member_text(l, "protocol", "?"),
			   (unsigned long long)json_member_u64(l, "port", 0),
			   json_member_text(l, "held_by", "?"),
			   is_null		      ? "null" :
			   json_bool(declared, false) ? "true" :
							"false");
		if (json_member(l, "declared_by"))
			buf_printf(&got, " by %s",
				   json_member_text(json_member(l, "declared_by"), "pod", "?"));
		if (json_member_bool(l, "shadowed", false))
			buf_puts(&got, " shadowed");
		if (json_member_bool(l, "orphan", false))
			buf_puts(&got, " orphan");
	}
	check_text(name, got.data ? got.data : "", want);
}

/* Does its own pod declare a socket's port? */
static void test_declared(void **state)
{
	struct declared_pod pod = {
		.name = "web",
		.uid = DECLARED_UID,
		.host_network = true,
		.proto = HP_PROTO_TCP,
		.container_port = 8080,
	};
	struct fixture *f = *state;

	(void)add_socket(HP_PROTO_TCP, 8080);
	check_listed(f, "not known", "tcp 8080 process null orphan");
	pods->sources[0].up = false;
	check_listed(f, "not known, and the source is lost", "tcp 8080 process null");
	pods->sources[0].up = true;
	put_declared_pod(pods, &pod);
	check_listed(f, "declared", "tcp 8080 process true by web");
	pod.container_port = 8081;
	put_declared_pod(pods, &pod);
	check_listed(f, "another port", "tcp 8080 process false");
	pod.incomplete = true;
	put_declared_pod(pods, &pod);
	check_listed(f, "another port, and not all is known", "tcp 8080 process null");
	pod.container_port = 8080;
	pod.proto = HP_PROTO_UDP;
	pod.incomplete = false;
	put_declared_pod(pods, &pod);
	check_listed(f, "another protocol", "tcp 8080 process false");
	pod.proto = HP_PROTO_TCP;
	pod.host_ip = "127.0.0.1";
	put_declared_pod(pods, &pod);
	check_listed(f, "for loopback alone", "tcp 8080 process false by web");
	world.sockets[0].socket.addr[0] = 127;
	world.sockets[0].socket.addr[3] = 1;
	check_listed(f, "there", "tcp 8080 process true by web");
	pod_table_remove(&pods->sources[0].table, DECLARED_UID, 2);
	check_listed(f, "the pod is gone", "tcp 8080 process true by web orphan");
	fake_cgroup = "/system.slice/db.service";
	check_listed(f, "of no pod", "tcp 8080 process null");
}

/* The pod that declares it may be another one. */
static void test_declared_by_others(void **state)
{
	struct declared_pod own = {
		.name = "web",
		.uid = DECLARED_UID,
		.host_network = true,
		.proto = HP_PROTO_TCP,
		.container_port = 8080,
	}, other = own;
	struct fixture *f = *state;

	(void)add_socket(HP_PROTO_TCP, 8080);
	put_declared_pod(pods, &own);
	other.name = "another";
	other.uid = UID2;
	put_declared_pod(pods, &other);
	check_listed(f, "its own goes before", "tcp 8080 process true by web");
	own.container_port = 1;
	put_declared_pod(pods, &own);
	check_listed(f, "another's", "tcp 8080 process false by another");
	fake_cgroup = "/system.slice/db.service";
	check_listed(f, "of no pod", "tcp 8080 process null by another");
	other.host_ip = "10.0.0.1";
	put_declared_pod(pods, &other);
	check_listed(f, "at an address, too", "tcp 8080 process null by another");
	world.sockets[0].socket.addr[0] = 11;
	check_listed(f, "at another address", "tcp 8080 process null");
}

/* A hostPort has no socket, and takes what comes to those of its port. */
static void test_host_port(void **state)
{
	struct declared_pod pod = {
		.name = "web",
		.uid = UID2,
		.proto = HP_PROTO_TCP,
		.container_port = 80,
		.host_port = 8080,
	};
	struct fixture *f = *state;
	_cleanup_(json_freep) struct json *json = NULL;
	const struct json *l;

	put_declared_pod(pods, &pod);
	json = read_document(f);
	check_u64("listed", json_len(json_member(json, "listeners")), 1);
	l = json_at(json_member(json, "listeners"), 0);
	check_text("verdict", json_member_text(l, "verdict", ""), "audited");
	check_text("class", json_member_text(l, "class", ""), "unregistered");
	check_text("workload", json_member_text(json_member(l, "workload"), "pod", ""), "web");
	check_text("container", json_member_text(json_member(l, "workload"), "container", ""), "c");
	check_text("container", json_member_text(json_member(l, "declared_by"), "container", ""),
		   "c");
	check_int("documented", json_bool(json_member(l, "documented"), true), false);
	assert_null(json_member(l, "address"));
	assert_null(json_member(l, "inode"));
	assert_null(json_member(l, "cgroup"));
	assert_null(json_member(l, "pid"));
	fake_cgroup = "/system.slice/db.service";
	(void)add_socket(HP_PROTO_TCP, 8080);
	check_listed(f, "shadowed",
		     "tcp 8080 process null by web shadowed, tcp 8080 declared true by web");
	world.sockets[0].socket.addr[0] = 127;
	check_listed(f, "on loopback",
		     "tcp 8080 process null by web, tcp 8080 declared true by web");
	pod.host_ip = "10.0.0.1";
	put_declared_pod(pods, &pod);
	check_listed(f, "at another address",
		     "tcp 8080 process null, tcp 8080 declared true by web");
	pod.ended = true;
	put_declared_pod(pods, &pod);
	check_listed(f, "ended", "tcp 8080 process null");
}

/* They are sorted in among the sockets. */
static void test_declared_order(void **state)
{
	struct declared_pod pod = { .name = "a", .proto = HP_PROTO_TCP, .container_port = 1 };
	struct fixture *f = *state;

	fake_cgroup = "/system.slice/db.service";
	(void)add_socket(HP_PROTO_TCP, 81);
	(void)add_socket(HP_PROTO_UDP, 40000);
	for (uint16_t i = 0; i < 3; i++) {
		static const char *const names[] = { "a", "b", "d" };

		pod.name = names[i];
		pod.host_port = (uint16_t)(80 + i);
		put_declared_pod(pods, &pod);
	}
	pod.name = "e";
	pod.proto = HP_PROTO_UDP;
	pod.host_port = 80;
	put_declared_pod(pods, &pod);
	pod.name = "f";
	pod.host_port = 50000;
	put_declared_pod(pods, &pod);
	check_listed(f, "order",
		     "tcp 80 declared true by a, tcp 81 process null by b shadowed, "
		     "tcp 81 declared true by b, tcp 82 declared true by d, "
		     "udp 80 declared true by e, udp 40000 process null, "
		     "udp 50000 declared true by f");
}

static void test_faults(void **state)
{
	struct fixture *f = *state;
	_cleanup_buf_ struct buf out = { 0 };
	_cleanup_(json_freep) struct json *json = NULL;

	(void)add_socket(HP_PROTO_TCP, 80);
	world.unreadable = 1U << HP_PROTO_SCTP;
	json = read_document(f);
	check_text("unreadable", json_text(json_at(json_member(json, "unreadable"), 0), ""),
		   "sctp");
	world.read_error = -EIO;
	assert_int_equal(listeners_json(&f->sweep.table, &out), -EIO);
	assert_int_equal(out.len, 0);
	buf_free(&fake_log);
}

/* The document has a bound; what is beyond is counted. */
static void test_left_out(void **state)
{
	struct fixture *f = *state;
	_cleanup_buf_ struct buf out = { 0 };
	const char *end;

	(void)add_socket(HP_PROTO_TCP, 80);
	(void)add_socket(HP_PROTO_TCP, 81);
	(void)add_socket(HP_PROTO_TCP, 82);
	/* as if many were before them: the first fits, and nothing after it */
	assert_true(buf_reserve(&out, CONTROL_DOCUMENT_MAX));
	memset(out.data, ' ', CONTROL_DOCUMENT_MAX);
	out.len = CONTROL_DOCUMENT_MAX - (64U << 10) - strlen("{\"listeners\":[");
	assert_int_equal(listeners_json(&f->sweep.table, &out), 0);
	end = out.data + out.len - strlen("\"left_out\":2,\"unreadable\":[],\"node\":\"n1\"}");
	check_text("the end", end, "\"left_out\":2,\"unreadable\":[],\"node\":\"n1\"}");
	assert_true(out.len <= CONTROL_DOCUMENT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_none, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_some, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_hooked, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_declared, know_pods, forget_pods),
		cmocka_unit_test_setup_teardown(test_declared_by_others, know_pods, forget_pods),
		cmocka_unit_test_setup_teardown(test_host_port, know_pods, forget_pods),
		cmocka_unit_test_setup_teardown(test_declared_order, know_pods, forget_pods),
		cmocka_unit_test_setup_teardown(test_faults, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_left_out, open_table, close_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
