// SPDX-License-Identifier: MIT
#include "test.h"

#include <arpa/inet.h>

#include "../../user/base/jsonw.h"
#include "../../user/event/event.h"
#include "../../user/event/event_pack.h"

#define TIME  "2026-11-22T20:11:31.123456789Z"
#define FIRST "2026-11-22T20:11:30.000000001Z"
#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UID   "0b6e1f2a-1111-4222-8333-444455556666"

/* An event of which only what is always known is known. */
static struct event bare(void)
{
	return (struct event) {
		.time = { 1795378291, 123456789 },
		.first = { 1795378290, 1 },
		.count = 1,
		.mode = HP_MODE_AUDIT,
		.verdict = HP_VERDICT_AUDITED,
		.cls = HP_CLASS_UNREGISTERED,
		.proto = HP_PROTO_TCP,
		.how = HP_HOW_BIND,
		.family = 4,
		.port = 8080,
	};
}

static struct event full(void)
{
	struct event e = bare();

	e.node = "n1";
	e.pid = 4711;
	e.uid = 0;
	(void)strcpy(e.comm, "nginx");
	(void)strcpy(e.exe, "/usr/sbin/nginx");
	(void)strcpy(e.cgroup, "/kubepods.slice/x");
	e.workload.kind = WORKLOAD_POD;
	(void)strcpy(e.workload.uid, UID);
	(void)strcpy(e.workload.container_id, ID);
	(void)strcpy(e.workload.runtime, "crio");
	e.entry_layer = "openshift";
	e.entry_process = "kubelet";
	e.entry_team = "node";
	return e;
}

static void check_json(const char *name, const struct event *e, const char *want)
{
	_cleanup_buf_ struct buf b = { 0 };

	event_json(e, NULL, &b);
	assert_false(b.failed);
	check_text(name, b.data, want);
}

static void check_line(const char *name, const struct event *e, bool colour, const char *want)
{
	_cleanup_buf_ struct buf b = { 0 };

	event_text(e, colour, &b);
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

static void check_listener(const char *name, const struct event *e, int documented,
			   const char *want)
{
	const struct event_listener listener = { .documented = documented,
						 .inode = 5,
						 .cookie = 6 };
	_cleanup_buf_ struct buf b = { 0 };

	event_listener_json(e, &listener, &b);
	assert_false(b.failed);
	check_text(name, b.data, want);
}

static void test_json_listener(void **state)
{
	struct event e = full();

	(void)state;
	e.exe[0] = '\0';
	check_listener("full", &e, 1,
		       "{\"verdict\":\"audited\",\"class\":\"unregistered\",\"protocol\":\"tcp\","
		       "\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":8080,\"pid\":4711,"
		       "\"uid\":0,\"comm\":\"nginx\",\"cgroup\":\"/kubepods.slice/x\","
		       "\"workload\":{\"kind\":\"pod\",\"uid\":\"" UID "\",\"container_id\":"
		       "\"" ID "\",\"runtime\":\"crio\"},\"entry\":{\"layer\":\"openshift\","
		       "\"process\":\"kubelet\",\"team\":\"node\"},\"documented\":true,"
		       "\"declared\":null,\"inode\":5,\"cookie\":6}");
	e = bare();
	e.verdict = HP_VERDICT_ALLOWED;
	e.cls = HP_CLASS_NONE;
	e.uid = 12; /* the socket's, known also where no process has it */
	check_listener("bare", &e, 0,
		       "{\"verdict\":\"allowed\",\"class\":\"none\",\"protocol\":\"tcp\","
		       "\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":8080,\"uid\":12,"
		       "\"entry\":null,\"documented\":false,\"declared\":null,\"inode\":5,"
		       "\"cookie\":6}");
	(void)strcpy(e.comm, "a\"\\\n\xff");
	check_listener("not asked, not plain", &e, -1,
		       "{\"verdict\":\"allowed\",\"class\":\"none\",\"protocol\":\"tcp\","
		       "\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":8080,"
		       "\"uid\":12,\"comm\":\"a\\\"\\\\\\u000a\xef\xbf\xbd\",\"entry\":null,"
		       "\"documented\":null,\"declared\":null,\"inode\":5,\"cookie\":6}");
}

/* The end of a line from "workload" or "how" on, which is where these differ. */
static void check_tail(const char *name, const struct event *e, const char *want)
{
	_cleanup_buf_ struct buf b = { 0 };

	event_json(e, NULL, &b);
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

struct address_case {
	uint8_t family;
	const char *text;
};

static const struct address_case address_cases[] = {
	{ 4, "0.0.0.0" },
	{ 4, "127.0.0.1" },
	{ 4, "255.255.255.255" },
	{ 4, "10.20.30.4" },
	{ 4, "9.99.100.109" },
	{ 4, "192.168.0.200" },
	{ 6, "::" },
	{ 6, "::1" },
	{ 6, "::ffff:127.0.0.1" },
	{ 6, "::ffff:0.0.0.0" },
	{ 6, "2001:db8::1" },
	{ 6, "fe80::1" },
	{ 6, "2001:db8:1:2:3:4:5:6" },
};

static void test_addresses(void **state)
{
	_cleanup_buf_ struct buf json = { 0 }, text = { 0 }, want = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(address_cases) / sizeof(address_cases[0]); i++) {
		const struct address_case *c = &address_cases[i];
		struct event e = bare();

		e.family = c->family;
		assert_int_equal(inet_pton(c->family == 4 ? AF_INET : AF_INET6, c->text, e.addr),
				 1);
		buf_reset(&json);
		buf_reset(&text);
		buf_reset(&want);
		event_json(&e, NULL, &json);
		event_text(&e, false, &text);
		buf_printf(&want, "\"family\":\"ipv%d\",\"address\":\"%s\",\"port\":8080",
			   c->family, c->text);
		if (!strstr(json.data, want.data))
			fail_msg("%s: %s", c->text, json.data);
		buf_reset(&want);
		buf_printf(&want, c->family == 4 ? "tcp  %s:8080 " : "tcp  [%s]:8080 ", c->text);
		if (!strstr(text.data, want.data))
			fail_msg("%s: %s", c->text, text.data);
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
		event_json(&e, NULL, &b);
		assert_non_null(inet_ntop(AF_INET, e.addr, want, sizeof(want)));
		if (!strstr(b.data, want))
			fail_msg("%s: %s", want, b.data);
	}
}

/* The quick way of a string gives what the JSON writer gives, whatever is in it. */
static void check_string(const char *name, const char *s)
{
	_cleanup_buf_ struct buf got = { 0 }, want = { 0 };
	struct event e = bare();

	e.node = s;
	event_json(&e, NULL, &got);
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
	/* Every length around that of the block that a line is put together in. */
	for (size_t len = 1; len < sizeof(text); len += len < 1900 || len > 2200 ? 97 : 1) {
		(void)snprintf(name, sizeof(name), "length %zu", len);
		memset(text, 'a', len);
		text[len] = '\0';
		check_string(name, text);
		text[len - 1] = '"';
		check_string(name, text);
	}
}

/* A line with every field at its longest, of bytes that all have to be escaped. */
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
			event_json(&e, NULL, &got);
			buf_putc(&want, ',');
			jsonw_string(&w, "comm", e.comm);
			if (!strstr(got.data, want.data))
				fail_msg("byte %u at %u: %s", c, at, got.data);
		}
	}
}

/* What is packed is the same event again, also the longest one, and one without a row. */
static void test_pack(void **state)
{
	struct event e, again;
	_cleanup_buf_ struct buf packed = { 0 }, got = { 0 }, want = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		e = (struct event) { .node = "n", .count = 7, .family = 6, .addr = { 1, 2, 3 } };
		if (i > 0) {
			e.time = (struct timespec) { 1795378291, 5 };
			e.first = (struct timespec) { 1795378290, 6 };
			e.pid = 4711;
			e.uid = 4712;
			e.port = 8080;
			e.cls = HP_CLASS_SCOPE;
			e.how = HP_HOW_BIND0;
			e.mode = HP_MODE_ENFORCE;
			e.proto = HP_PROTO_UDP;
			e.verdict = HP_VERDICT_DENIED;
			e.entry_layer = "layer";
			e.entry_process = i == 1 ? NULL : "process";
			e.entry_team = "team";
			(void)strcpy(e.comm, "c");
			e.workload.kind = WORKLOAD_POD;
			(void)strcpy(e.workload.runtime, "crio");
		}
		if (i > 1) {
			memset(e.comm, 'c', sizeof(e.comm) - 1);
			memset(e.exe, 'e', sizeof(e.exe) - 1);
			memset(e.cgroup, 'g', sizeof(e.cgroup) - 1);
			memset(e.workload.uid, 'u', sizeof(e.workload.uid) - 1);
			memset(e.workload.container_id, 'i', sizeof(e.workload.container_id) - 1);
			memset(e.workload.runtime, 'r', sizeof(e.workload.runtime) - 1);
			memset(e.workload.unit, 'n', sizeof(e.workload.unit) - 1);
		}
		memset(&again, 0x5a, sizeof(again));
		event_pack(&e, &packed);
		assert_true(event_unpack(&packed, &again));
		buf_reset(&want);
		buf_reset(&got);
		event_json(&e, NULL, &want);
		event_json(&again, NULL, &got);
		event_text(&e, true, &want);
		event_text(&again, true, &got);
		check_text("unpacked", got.data, want.data);
	}
	buf_reset(&packed);
	assert_false(event_unpack(&packed, &again));
}

static void test_json_longest(void **state)
{
	static struct event e;
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	e = full();
	memset(e.exe, 1, sizeof(e.exe) - 1);
	memset(e.cgroup, 1, sizeof(e.cgroup) - 1);
	memset(e.comm, 1, sizeof(e.comm) - 1);
	memset(e.workload.unit, 1, sizeof(e.workload.unit) - 1);
	e.count = UINT64_MAX;
	event_json(&e, NULL, &b);
	assert_false(b.failed);
	assert_int_equal(strlen(b.data), b.len);
	assert_non_null(strstr(b.data, "\"count\":18446744073709551615,"));
	for (size_t i = 0; i < b.len; i++)
		assert_true((unsigned char)b.data[i] >= 0x20);
}

#define NGINX "nginx[4711] uid 0        "

static void test_text(void **state)
{
	struct event e = bare();

	(void)state;
	check_line("bare", &e, false,
		   "20:11:31.123Z AUDITED  tcp  0.0.0.0:8080          unregistered     ?      "
		   "                  unknown workload  (no entry)");
	e = full();
	check_line("full", &e, false,
		   "20:11:31.123Z AUDITED  tcp  0.0.0.0:8080          unregistered     " NGINX
		   "pod 0b6e1f2a\xe2\x80\xa6/0123456789ab  openshift: kubelet (node)");
	e.how = HP_HOW_LISTEN;
	e.count = 12;
	e.cls = HP_CLASS_INACTIVE;
	e.proto = HP_PROTO_UDPLITE;
	e.entry_team = NULL;
	*e.workload.container_id = '\0';
	check_line("parts", &e, false,
		   "20:11:31.123Z AUDITED  udplite 0.0.0.0:8080          inactive x12     " NGINX
		   "pod 0b6e1f2a\xe2\x80\xa6  openshift: kubelet  [listen]");
	e.entry_process = "";
	e.entry_team = "node";
	e.workload.kind = WORKLOAD_KERNEL;
	e.how = HP_HOW_NONE;
	e.count = 18446744073709551615ULL;
	check_line("parts 2", &e, false,
		   "20:11:31.123Z AUDITED  udplite 0.0.0.0:8080          "
		   "inactive x18446744073709551615 " NGINX "kernel  openshift (node)");
}

static void test_text_colours(void **state)
{
	static const struct {
		uint8_t verdict;
		const char *start;
	} cases[] = {
		{ HP_VERDICT_DENIED, "20:11:31.123Z \033[31mDENIED\033[0m   tcp" },
		{ HP_VERDICT_AUDITED, "20:11:31.123Z \033[33mAUDITED\033[0m  tcp" },
		{ HP_VERDICT_EXCEPTED, "20:11:31.123Z \033[36mEXCEPTED\033[0m tcp" },
		{ HP_VERDICT_ALLOWED, "20:11:31.123Z ALLOWED  tcp" },
		{ HP_VERDICT_MAX, "20:11:31.123Z UNKNOWN  tcp" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_buf_ struct buf b = { 0 };
		struct event e = bare();

		e.verdict = cases[i].verdict;
		event_text(&e, true, &b);
		b.data[strlen(cases[i].start)] = '\0';
		check_text(cases[i].start, b.data, cases[i].start);
	}
}

/* Nothing that a workload may choose gets an escape sequence to the terminal. */
static void test_text_safe(void **state)
{
	static const char evil[] = "\033]0;a\x07\n\xe2\x80\xae";
	_cleanup_buf_ struct buf b = { 0 };
	struct event e = full();

	(void)state;
	(void)strcpy(e.comm, evil);
	e.entry_layer = e.entry_process = e.entry_team = evil;
	e.workload.kind = WORKLOAD_UNIT;
	(void)strcpy(e.workload.unit, evil);
	event_text(&e, false, &b);
	e.workload.kind = WORKLOAD_CGROUP;
	(void)strcpy(e.cgroup, evil);
	event_text(&e, false, &b);
	e.workload.kind = WORKLOAD_POD;
	(void)strcpy(e.workload.uid, evil);
	(void)strcpy(e.workload.container_id, evil);
	event_text(&e, false, &b);
	assert_non_null(strstr(b.data, "\\x1b]0;a\\x07\\x0a\\xe2\\x80\\xae[4711]"));
	assert_null(strstr(b.data, "\xe2\x80\xae"));
	for (size_t i = 0; i < b.len; i++)
		assert_true((unsigned char)b.data[i] >= 0x20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_listener),  cmocka_unit_test(test_json_bare),
		cmocka_unit_test(test_json_full),      cmocka_unit_test(test_json_workloads),
		cmocka_unit_test(test_addresses),      cmocka_unit_test(test_octets),
		cmocka_unit_test(test_strings),	       cmocka_unit_test(test_json_longest),
		cmocka_unit_test(test_json_each_byte), cmocka_unit_test(test_pack),
		cmocka_unit_test(test_text),	       cmocka_unit_test(test_text_colours),
		cmocka_unit_test(test_text_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
