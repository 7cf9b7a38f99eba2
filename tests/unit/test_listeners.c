// SPDX-License-Identifier: MIT
/* The document of all that listens. */
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
	check_text("document", out.data, "{\"listeners\":[],\"left_out\":0,\"unreadable\":[]}");
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
	end = out.data + out.len - strlen("\"left_out\":2,\"unreadable\":[]}");
	check_text("the end", end, "\"left_out\":2,\"unreadable\":[]}");
	assert_true(out.len <= CONTROL_DOCUMENT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_none, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_some, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_hooked, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_faults, open_table, close_table),
		cmocka_unit_test_setup_teardown(test_left_out, open_table, close_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
