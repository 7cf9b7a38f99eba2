// SPDX-License-Identifier: MIT
/* What a registry would need, as the agent answers it: violations, and exceptions of no use. */
#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"
#include "sockets_fixture.h"
#include "violation_events.h"

#include "../../user/base/json.h"
#include "../../user/violations/learn.h"

static int start(void **state)
{
	struct fixture *f;

	assert_int_equal(start_violations(state), 0);
	f = *state;
	fake_cgroup = "/system.slice/web.service"; /* as violation_event() has it */
	f->in_force.loaded = (struct timespec) { .tv_sec = 86400 };
	return 0;
}

static struct json *learn(struct fixture *f)
{
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 };
	struct json *json = NULL;

	assert_int_equal(learn_json(&f->violations, &out), 0);
	assert_int_equal(json_parse(out.data, out.len, &err, &json), 0);
	return json;
}

static void check_ports(const char *name, const struct json *json, const char *key,
			const char *member, const uint64_t *want, size_t len)
{
	const struct json *list = json_member(json, key);

	check_u64(name, json_len(list), len);
	for (size_t i = 0; i < len; i++)
		check_u64(name, json_member_u64(json_at(list, i), member, 99999), want[i]);
}

#define PORTS(...) (const uint64_t[]) { __VA_ARGS__ }, ARRAY_LEN(((uint64_t[]) { __VA_ARGS__ }))

static void note(struct fixture *f, uint16_t port, uint8_t cls, uint8_t how)
{
	struct event *e = malloc(sizeof(*e));

	violation_event(e, 10, 2);
	e->port = port;
	e->cls = cls;
	e->how = how;
	ledger_note(f->violations.ledger, e, 0);
	free(e);
}

static void test_head(void **state)
{
	struct fixture *f = *state;
	_cleanup_(json_freep) struct json *json = NULL, *enforcing = NULL;

	world.lost = 7;
	json = learn(f);
	check_text("node", json_member_text(json, "node", ""), "n1");
	check_text("mode", json_member_text(json, "mode", ""), "audit");
	check_u64("generation", json_member_u64(json, "generation", 0), 3);
	check_text("since", json_member_text(json, "since", ""), "2026-11-22T20:11:31.000000000Z");
	check_text("loaded", json_member_text(json, "loaded", ""),
		   "1970-01-02T00:00:00.000000000Z");
	check_u64("layers", json_len(json_member(json, "layers")), 1);
	check_text("layer", json_text(json_at(json_member(json, "layers"), 0), ""), "t");
	check_u64("lost", json_member_u64(json, "lost", 0), 7);
	check_u64("no violations", json_len(json_member(json, "violations")), 0);
	check_u64("left out", json_member_u64(json, "useless_left_out", 9), 0);
	check_u64("forgotten", json_member_u64(json, "forgotten", 9), 0);
	assert_null(json_member(json, "incomplete"));
	f->in_force.decision.mode = HP_MODE_ENFORCE;
	enforcing = learn(f);
	check_text("mode", json_member_text(enforcing, "mode", ""), "enforce");
}

/* Sockets that are there, and violations of before, as the policy in force decides them. */
static void test_violations(void **state)
{
	struct fixture *f = *state;
	_cleanup_(json_freep) struct json *audit = NULL, *enforce = NULL;

	(void)add_socket(HP_PROTO_TCP, 8080);
	(void)add_socket(HP_PROTO_TCP, 80);
	(void)add_socket(HP_PROTO_TCP, 8090);  /* excepted */
	(void)add_socket(HP_PROTO_TCP, 45000); /* allowed: chosen */
	add_socket(HP_PROTO_TCP, 8081)->socket.cgroup_id = GROUP_OUTSIDE;
	note(f, 8085, HP_CLASS_UNREGISTERED, HP_HOW_BIND);
	note(f, 80, HP_CLASS_UNREGISTERED, HP_HOW_BIND);   /* registered by now */
	note(f, 8090, HP_CLASS_UNREGISTERED, HP_HOW_BIND); /* excepted by now */
	audit = learn(f);
	check_ports("auditing", audit, "violations", "port", PORTS(8080, 8081, 8085));
	check_u64("named", world.names, 1);
	f->in_force.decision.mode = HP_MODE_ENFORCE;
	enforce = learn(f);
	check_ports("enforcing", enforce, "violations", "port", PORTS(8080, 8081, 8085));
}

/* A port that the kernel chose is another one each time, so it is not learned. */
static void test_chosen(void **state)
{
	struct fixture *f = *state;
	_cleanup_(json_freep) struct json *json = NULL;

	f->in_force.decision.denies |= 1U << HP_CLASS_EPHEMERAL;
	f->in_force.decision.mode = HP_MODE_ENFORCE;
	(void)add_socket(HP_PROTO_TCP, 45000);
	(void)add_socket(HP_PROTO_TCP, 45001);
	note(f, 45002, HP_CLASS_EPHEMERAL, HP_HOW_BIND0);
	json = learn(f);
	check_ports("one row", json, "violations", "port", PORTS(0));
	check_u64("two sockets",
		  json_member_u64(json_at(json_member(json, "violations"), 0), "sockets", 0), 2);
}

static void test_incomplete(void **state)
{
	struct fixture *f = *state;
	_cleanup_(json_freep) struct json *json = NULL;

	(void)add_socket(HP_PROTO_TCP, 8080);
	note(f, 8085, HP_CLASS_UNREGISTERED, HP_HOW_BIND);
	world.read_error = -EIO;
	json = learn(f);
	check_text("incomplete", json_member_text(json, "incomplete", ""), "Input/output error");
	check_ports("what is known", json, "violations", "port", PORTS(8080, 8085));
}

/* ---- exceptions of no use ------------------------------------------------------------------ */

static const char exceptions[] =
	"exceptions:\n"
	"  - {ports: 8100, protocol: tcp, class: unregistered, until: 2026-11-21, reason: r}\n"
	"  - {ports: 8101, protocol: tcp, class: unregistered, until: 2026-11-22, reason: r}\n"
	"  - {ports: 8102, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n"
	"  - {ports: 8103, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n"
	"  - {ports: 8104, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r,"
	" owners: [{unit: a.service}]}\n"
	"  - {ports: 8105, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n"
	"  - {ports: 8106, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n"
	"  - {ports: 8107, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r,"
	" owners: [{unit: a.service}]}\n"
	"  - {ports: 8108, protocol: tcp, class: ephemeral, until: 2027-03-31, reason: r}\n";

static void test_useless(void **state)
{
	static const struct {
		uint64_t port;
		const char *why;
	} want[] = {
		{ 8100, "ended" },  { 8101, "unused" },	     { 8104, "unused" },
		{ 8106, "unused" }, { 8108, "not applied" },
	};
	struct fixture *f = *state;
	_cleanup_(json_freep) struct json *json = NULL;
	const struct json *list;

	use_registry(f, exceptions);
	(void)add_socket(HP_PROTO_TCP, 8102);		   /* there now */
	note(f, 8103, HP_CLASS_UNREGISTERED, HP_HOW_BIND); /* used before */
	note(f, 8105, HP_CLASS_UNREGISTERED, HP_HOW_BIND); /* used before it came */
	(void)add_socket(HP_PROTO_UDP, 8106);		   /* of another protocol */
	note(f, 8107, HP_CLASS_UNREGISTERED, HP_HOW_BIND); /* whoever it was */
	json = learn(f);
	list = json_member(json, "useless");
	check_u64("useless", json_len(list), ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct json *row = json_at(list, i);

		check_u64("port", json_member_u64(row, "ports", 0), want[i].port);
		check_text("why", json_member_text(row, "why", ""), want[i].why);
		check_text("path", json_member_text(row, "path", ""), "t.yaml");
	}
}

/* Of too many some are left out and counted; violations keep their room. */
static void test_too_many(void **state)
{
	struct fixture *f = *state;
	_cleanup_buf_ struct buf lists = { 0 };
	_cleanup_(json_freep) struct json *json = NULL;
	uint64_t left_out;
	char reason[1001];

	memset(reason, 'r', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	buf_puts(&lists, "exceptions:\n");
	for (unsigned int i = 0; i < 1500; i++)
		buf_printf(&lists,
			   "  - {ports: %u, protocol: tcp, class: unregistered, until: 2027-03-31,"
			   " reason: %s}\n",
			   20000 + i, reason);
	use_registry(f, lists.data);
	json = learn(f);
	left_out = json_member_u64(json, "useless_left_out", 0);
	check_u64("all", json_len(json_member(json, "useless")) + left_out, 1500);
	assert_true(left_out > 400 && left_out < 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_head, start, stop_violations),
		cmocka_unit_test_setup_teardown(test_violations, start, stop_violations),
		cmocka_unit_test_setup_teardown(test_chosen, start, stop_violations),
		cmocka_unit_test_setup_teardown(test_incomplete, start, stop_violations),
		cmocka_unit_test_setup_teardown(test_useless, start, stop_violations),
		cmocka_unit_test_setup_teardown(test_too_many, start, stop_violations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
