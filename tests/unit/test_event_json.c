// SPDX-License-Identifier: MIT
#include "events.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>

#include "../../user/base/json.h"
#include "../../user/base/jsonw.h"
#include "../../user/base/stamp.h"
#include "../../user/registry/words.h"

static void check_json(const char *name, const struct event *e, const char *want)
{
	_cleanup_buf_ struct buf b = { 0 };

	event_json(e, &b);
	assert_false(b.failed);
	check_text(name, b.data, want);
}

static void test_json_bare(void **state)
{
	struct event e = bare();

	(void)state;
	check_json("bare", &e,
		   "{\"time\":\"" TIME "\",\"mode\":\"audit\",\"verdict\":\"audited\","
		   "\"class\":\"unregistered\",\"protocol\":\"tcp\",\"family\":\"ipv4\","
		   "\"address\":\"0.0.0.0\",\"port\":8080,\"how\":\"bind\",\"count\":1,"
		   "\"first\":\"" FIRST "\"}");
	e.family = 0;
	e.uid = 12; /* not known without a pid */
	check_json("no family", &e,
		   "{\"time\":\"" TIME "\",\"mode\":\"audit\",\"verdict\":\"audited\","
		   "\"class\":\"unregistered\",\"protocol\":\"tcp\",\"port\":8080,"
		   "\"how\":\"bind\",\"count\":1,\"first\":\"" FIRST "\"}");
}

static void test_json_full(void **state)
{
	struct event e = full();

	(void)state;
	check_json("full", &e,
		   "{\"time\":\"" TIME "\",\"node\":\"n1\",\"mode\":\"audit\","
		   "\"verdict\":\"audited\",\"class\":\"unregistered\",\"protocol\":\"tcp\","
		   "\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":8080,\"how\":\"bind\","
		   "\"pid\":4711,\"uid\":0,\"comm\":\"nginx\",\"exe\":\"/usr/sbin/nginx\","
		   "\"cgroup\":\"/kubepods.slice/x\",\"workload\":{\"kind\":\"pod\","
		   "\"uid\":\"" UID "\",\"container_id\":\"" ID "\",\"runtime\":\"crio\"},"
		   "\"entry\":{\"layer\":\"openshift\",\"process\":\"kubelet\","
		   "\"team\":\"node\"},\"count\":1,\"first\":\"" FIRST "\"}");
}

/* How many others there were, if there were any. */
static void test_json_others(void **state)
{
	static const struct {
		uint32_t processes, addresses;
		const char *members;
	} others[] = {
		{ 0, 0, "" },
		{ 1, 1, "" },
		{ 2, 1, ",\"processes\":2" },
		{ 1, 2, ",\"addresses\":2" },
		{ 8, 4294967295U, ",\"processes\":8,\"addresses\":4294967295" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct event e = bare();
		char want[512];

		e.count = 9;
		e.processes = others[i].processes;
		e.addresses = others[i].addresses;
		(void)snprintf(
			want, sizeof(want),
			"{\"time\":\"" TIME "\",\"mode\":\"audit\",\"verdict\":\"audited\","
			"\"class\":\"unregistered\",\"protocol\":\"tcp\",\"family\":\"ipv4\","
			"\"address\":\"0.0.0.0\",\"port\":8080,\"how\":\"bind\",\"count\":9%s,"
			"\"first\":\"" FIRST "\"}",
			others[i].members);
		check_json("others", &e, want);
	}
}

static void check_listener(const char *name, const struct event *e, int documented,
			   const char *want)
{
	const struct event_listener listener = { .documented = documented,
						 .inode = 5,
						 .cookie = 6,
						 .declared = -1,
						 .held_by = e->pid ? "process" : "none" };
	_cleanup_buf_ struct buf b = { 0 };

	event_listener_json(e, &listener, &b);
	assert_false(b.failed);
	check_text(name, b.data, want);
}

static void test_json_listener(void **state)
{
	struct event e = full();

	(void)state;
	e.exe = NULL;
	check_listener(
		"full", &e, 1,
		"{\"verdict\":\"audited\",\"class\":\"unregistered\",\"protocol\":\"tcp\","
		"\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":8080,\"pid\":4711,"
		"\"uid\":0,\"held_by\":\"process\",\"comm\":\"nginx\","
		"\"cgroup\":\"/kubepods.slice/x\","
		"\"workload\":{\"kind\":\"pod\",\"uid\":\"" UID "\",\"container_id\":"
		"\"" ID "\",\"runtime\":\"crio\"},\"entry\":{\"layer\":\"openshift\","
		"\"process\":\"kubelet\",\"team\":\"node\"},\"documented\":true,"
		"\"declared\":null,\"shadowed\":false,\"orphan\":false,\"inode\":5,\"cookie\":6}");
	e = bare();
	e.verdict = HP_VERDICT_ALLOWED;
	e.cls = HP_CLASS_NONE;
	e.uid = 12; /* the socket's, known also where no process has it */
	check_listener("bare", &e, 0,
		       "{\"verdict\":\"allowed\",\"class\":\"none\",\"protocol\":\"tcp\","
		       "\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":8080,\"uid\":12,"
		       "\"held_by\":\"none\",\"entry\":null,\"documented\":false,\"declared\":null,"
		       "\"shadowed\":false,\"orphan\":false,\"inode\":5,\"cookie\":6}");
	(void)strcpy(e.comm, "a\"\\\n\xff");
	check_listener("not asked, not plain", &e, -1,
		       "{\"verdict\":\"allowed\",\"class\":\"none\",\"protocol\":\"tcp\","
		       "\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":8080,"
		       "\"uid\":12,\"held_by\":\"none\",\"comm\":\"a\\\"\\\\\\u000a\xef\xbf\xbd\","
		       "\"entry\":null,"
		       "\"documented\":null,\"declared\":null,\"shadowed\":false,\"orphan\":false,"
		       "\"inode\":5,\"cookie\":6}");
}

/* What is known of a pod's declaration; a port without a socket has nothing of a socket. */
static void test_json_declared(void **state)
{
	struct event_listener listener = {
		.documented = -1,
		.inode = 5,
		.cookie = 6,
		.held_by = "kernel",
		.declared = 0,
		.shadowed = true,
		.orphan = true,
		.by_namespace = "ns",
		.by_pod = "p",
		.by_container = "c",
	};
	_cleanup_buf_ struct buf socket = { 0 }, none = { 0 };
	struct event e = bare();

	(void)state;
	event_listener_json(&e, &listener, &socket);
	check_text("all", strstr(socket.data, "\"documented\""),
		   "\"documented\":null,\"declared\":false,\"declared_by\":{\"namespace\":\"ns\","
		   "\"pod\":\"p\",\"container\":\"c\"},\"shadowed\":true,\"orphan\":true,"
		   "\"inode\":5,\"cookie\":6}");
	listener =
		(struct event_listener) { .no_socket = true, .held_by = "declared", .declared = 1 };
	e.family = 0;
	event_listener_json(&e, &listener, &none);
	check_text("no socket", none.data,
		   "{\"verdict\":\"audited\",\"class\":\"unregistered\",\"protocol\":\"tcp\","
		   "\"port\":8080,\"held_by\":\"declared\",\"entry\":null,"
		   "\"documented\":false,\"declared\":true,\"shadowed\":false,\"orphan\":false}");
}

/* The end of a line from "workload" or "how" on, which is where these differ. */
static void check_tail(const char *name, const struct event *e, const char *want)
{
	_cleanup_buf_ struct buf b = { 0 };

	event_json(e, &b);
	assert_non_null(strstr(b.data, "\"how\""));
	check_text(name, strstr(b.data, "\"how\""), want);
}

#define TAIL ",\"count\":1,\"first\":\"" FIRST "\"}"

static void test_json_workloads(void **state)
{
	struct event e = bare();

	(void)state;
	e.workload.kind = WORKLOAD_UNIT;
	(void)strcpy(e.workload.unit, "a\\x2db.service");
	check_tail("unit", &e,
		   "\"how\":\"bind\",\"workload\":{\"kind\":\"unit\","
		   "\"unit\":\"a\\\\x2db.service\"}" TAIL);
	e.workload = (struct workload) { .kind = WORKLOAD_KERNEL };
	check_tail("kernel", &e, "\"how\":\"bind\",\"workload\":{\"kind\":\"kernel\"}" TAIL);
	e.workload = (struct workload) { .kind = WORKLOAD_CGROUP };
	check_tail("cgroup", &e, "\"how\":\"bind\",\"workload\":{\"kind\":\"cgroup\"}" TAIL);
	e.workload = (struct workload) { .kind = WORKLOAD_POD };
	(void)strcpy(e.workload.uid, UID);
	check_tail("pod, no container", &e,
		   "\"how\":\"bind\",\"workload\":{\"kind\":\"pod\",\"uid\":\"" UID "\"}" TAIL);
	e.workload = (struct workload) { .kind = WORKLOAD_UNKNOWN };
	e.entry_layer = "site";
	check_tail("entry", &e, "\"how\":\"bind\",\"entry\":{\"layer\":\"site\"}" TAIL);
}

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(address_cases); i++) {
		const struct address_case *c = &address_cases[i];
		_cleanup_buf_ struct buf json = { 0 }, want = { 0 };
		struct event e = bare();

		set_address(&e, c);
		event_json(&e, &json);
		buf_printf(&want, "\"family\":\"ipv%d\",\"address\":\"%s\",\"port\":8080",
			   c->family, c->text);
		if (!strstr(json.data, want.data))
			fail_msg("%s: %s", c->text, json.data);
	}
}

/* Every IPv4 octet, at every place. */
static void test_octets(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		_cleanup_buf_ struct buf b = { 0 };
		char want[INET_ADDRSTRLEN];
		struct event e = bare();

		memset(e.addr, i, 4);
		e.addr[2] = (uint8_t)(255 - i);
		event_json(&e, &b);
		assert_non_null(inet_ntop(AF_INET, e.addr, want, sizeof(want)));
		if (!strstr(b.data, want))
			fail_msg("%s: %s", want, b.data);
	}
}

/* A text is what the JSON writer makes of it, whatever is in it. */
static void check_string(const char *name, const char *s)
{
	_cleanup_buf_ struct buf got = { 0 }, want = { 0 };
	struct event e = bare();

	e.node = s;
	event_json(&e, &got);
	buf_puts(&want, "{\"time\":\"" TIME "\",\"node\":");
	jsonw_string(&(struct jsonw) { .out = &want }, NULL, s);
	buf_puts(&want, ",\"mode\":");
	if (strncmp(got.data, want.data, want.len) != 0)
		fail_msg("%s:\n got: %s\nwant: %s", name, got.data, want.data);
	assert_int_equal(got.data[got.len - 1], '}');
}

static void test_strings(void **state)
{
	static char text[5000];
	char name[32], two[3] = "";

	(void)state;
	for (int c = 1; c < 256; c++) {
		(void)snprintf(name, sizeof(name), "byte %d", c);
		two[0] = (char)c;
		two[1] = '\0';
		check_string(name, two);
		two[1] = 'x';
		check_string(name, two);
		two[0] = 'x';
		two[1] = (char)c;
		check_string(name, two);
	}
	for (size_t len = 1; len < sizeof(text); len += len < 1900 || len > 2200 ? 97 : 1) {
		(void)snprintf(name, sizeof(name), "length %zu", len);
		memset(text, 'a', len);
		text[len] = '\0';
		check_string(name, text);
		text[len - 1] = '"';
		check_string(name, text);
	}
}

/* Wherever in a string a byte stands that is not plain, and only then, it is escaped. */
static void test_json_each_byte(void **state)
{
	struct event e = { .node = "n" };

	(void)state;
	for (unsigned int at = 0; at < HP_COMM_LEN; at++) {
		for (unsigned int c = 1; c < 256; c++) {
			_cleanup_buf_ struct buf got = { 0 }, want = { 0 };
			struct jsonw w = { .out = &want };

			memset(e.comm, 'a' + (char)at, HP_COMM_LEN);
			e.comm[at] = (char)c;
			event_json(&e, &got);
			buf_putc(&want, ',');
			jsonw_string(&w, "comm", e.comm);
			if (!strstr(got.data, want.data))
				fail_msg("byte %u at %u: %s", c, at, got.data);
		}
	}
}

/* Every text at its longest, of bytes that all have to be escaped. */
static void test_json_longest(void **state)
{
	static char path[PATH_MAX];
	_cleanup_buf_ struct buf b = { 0 };
	struct event e = full();

	(void)state;
	memset(path, 1, sizeof(path) - 1);
	e.exe = e.cgroup = path;
	memset(e.comm, 1, sizeof(e.comm) - 1);
	memset(e.workload.unit, 1, sizeof(e.workload.unit) - 1);
	e.count = UINT64_MAX;
	event_json(&e, &b);
	assert_false(b.failed);
	assert_int_equal(strlen(b.data), b.len);
	assert_non_null(strstr(b.data, "\"count\":18446744073709551615,"));
	for (size_t i = 0; i < b.len; i++)
		assert_true((unsigned char)b.data[i] >= 0x20);
}

/* Changes a byte of an event to another value, and back. */
static const struct change {
	size_t at;
	uint8_t flip;
} changes[] = {
	{ offsetof(struct event, time.tv_nsec), 1 },
	{ offsetof(struct event, first.tv_nsec), 1 },
	{ offsetof(struct event, count), 2 },
	{ offsetof(struct event, mode), HP_MODE_AUDIT ^ HP_MODE_ENFORCE },
	{ offsetof(struct event, verdict), HP_VERDICT_AUDITED ^ HP_VERDICT_DENIED },
	{ offsetof(struct event, cls), HP_CLASS_UNREGISTERED ^ HP_CLASS_OWNER },
	{ offsetof(struct event, proto), HP_PROTO_TCP ^ HP_PROTO_UDP },
	{ offsetof(struct event, how), HP_HOW_BIND ^ HP_HOW_LISTEN },
	{ offsetof(struct event, family), 4 ^ 6 },
	{ offsetof(struct event, addr), 10 },
	{ offsetof(struct event, addr) + HP_ADDR_LEN - 1, 1 },
	{ offsetof(struct event, port), 1 },
	{ offsetof(struct event, pid), 4711 & 0xff }, /* in one of two it is another one */
	{ offsetof(struct event, uid), 1 },
	{ offsetof(struct event, comm), 'n' ^ '"' }, /* plain, and not */
	{ offsetof(struct event, comm) + 1, 'g' },   /* shorter */
	{ offsetof(struct event, workload.kind), WORKLOAD_POD ^ WORKLOAD_UNIT },
	{ offsetof(struct event, workload.uid), 'a' ^ 'b' },
	{ offsetof(struct event, workload.container_id), 'a' ^ 'b' },
	{ offsetof(struct event, workload.runtime), 'a' ^ 'b' },
};

static const char **text_of(struct event *e, size_t i)
{
	const char **const texts[] = { &e->node,	&e->exe,	   &e->cgroup,
				       &e->entry_layer, &e->entry_process, &e->entry_team };

	return i < ARRAY_LEN(texts) ? texts[i] : NULL;
}

#define TEXTS 6

/* Change number i; those beyond the bytes take a text away, or give it another value. */
static void change(struct event *e, size_t i)
{
	if (i < ARRAY_LEN(changes))
		((uint8_t *)e)[changes[i].at] ^= changes[i].flip;
	else if (i < ARRAY_LEN(changes) + TEXTS)
		*text_of(e, i - ARRAY_LEN(changes)) = NULL;
	else
		*text_of(e, i - ARRAY_LEN(changes) - TEXTS) = "another \"text\"";
}

#define CHANGES (ARRAY_LEN(changes) + 2 * TEXTS)

static void check_member(const struct json *object, const char *key, const char *want)
{
	check_text(key, json_member_text(object, key, ""), want ? want : "");
}

static void check_time(const struct json *object, const char *key, const struct timespec *t)
{
	char stamp[STAMP_LEN + 1];

	stamp_utc(t, stamp);
	check_member(object, key, stamp);
}

static void check_address(const struct json *json, const struct event *e)
{
	char address[INET6_ADDRSTRLEN];

	assert_non_null(
		inet_ntop(e->family == 4 ? AF_INET : AF_INET6, e->addr, address, sizeof(address)));
	check_member(json, "family", e->family == 4 ? "ipv4" : "ipv6");
	check_member(json, "address", address);
}

static void check_process(const struct json *json, const struct event *e)
{
	const struct json *workload = json_member(json, "workload");

	assert_int_equal(json_member_u64(json, "pid", 0), e->pid);
	assert_int_equal(json_member_u64(json, "uid", 0), e->pid ? e->uid : 0);
	check_member(json, "comm", e->comm);
	check_member(json, "exe", e->exe);
	check_member(json, "cgroup", e->cgroup);
	check_member(workload, "kind", workload_kind_word(e->workload.kind));
	check_member(workload, "uid", e->workload.uid);
	check_member(workload, "container_id", e->workload.container_id);
	check_member(workload, "runtime", e->workload.runtime);
}

/* What the JSON says of an event, read again, is what the event says. */
static void check_members(const struct event *e)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	const struct json *entry;

	event_json(e, &text);
	assert_false(text.failed);
	check_int(text.data, json_parse(text.data, text.len, &err, &json), 0);
	check_time(json, "time", &e->time);
	check_time(json, "first", &e->first);
	assert_int_equal(json_member_u64(json, "count", 0), e->count);
	check_member(json, "node", e->node);
	check_member(json, "mode", word_mode(e->mode));
	check_member(json, "verdict", word_verdict(e->verdict));
	check_member(json, "class", word_class(e->cls));
	check_member(json, "protocol", word_proto(e->proto));
	check_member(json, "how", word_how(e->how));
	assert_int_equal(json_member_u64(json, "port", 0), e->port);
	check_address(json, e);
	check_process(json, e);
	entry = json_member(json, "entry");
	assert_int_equal(entry != NULL, e->entry_layer != NULL);
	check_member(entry, "layer", e->entry_layer);
	check_member(entry, "process", e->entry_layer ? e->entry_process : NULL);
	check_member(entry, "team", e->entry_layer ? e->entry_team : NULL);
}

/* Each member changed after each other, and with it. */
static void test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CHANGES; i++) {
		for (size_t j = 0; j < CHANGES; j++) {
			struct event e = full();

			change(&e, i);
			check_members(&e);
			change(&e, j);
			check_members(&e);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_bare),     cmocka_unit_test(test_json_full),
		cmocka_unit_test(test_json_others),   cmocka_unit_test(test_json_listener),
		cmocka_unit_test(test_json_declared), cmocka_unit_test(test_json_workloads),
		cmocka_unit_test(test_addresses),     cmocka_unit_test(test_octets),
		cmocka_unit_test(test_strings),	      cmocka_unit_test(test_json_each_byte),
		cmocka_unit_test(test_json_longest),  cmocka_unit_test(test_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
