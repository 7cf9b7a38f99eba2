// SPDX-License-Identifier: MIT
#include "events.h"

static void check_line(const char *name, const struct event *e, bool colour, const char *want)
{
	_cleanup_buf_ struct buf b = { 0 };

	event_text(e, colour, &b);
	assert_false(b.failed);
	check_text(name, b.data, want);
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

/* A port that only a Pod.Spec names: no process has it, and it may be at every address. */
static void test_text_declared(void **state)
{
	struct event e = bare();

	(void)state;
	e.how = HP_HOW_DECLARED;
	e.family = 0;
	e.workload.kind = WORKLOAD_POD;
	(void)strcpy(e.workload.namespace_, "shop");
	(void)strcpy(e.workload.pod, "web-1");
	(void)strcpy(e.workload.container, "nginx");
	check_line("declared", &e, false,
		   "20:11:31.123Z AUDITED  tcp  *:8080                unregistered     no process"
		   "               pod shop/web-1/nginx  (no entry)  [declared]");
}

/* Whom else a line stands for. */
static void test_text_others(void **state)
{
	static const struct {
		uint8_t how;
		uint32_t processes, addresses;
		const char *end;
	} cases[] = {
		{ HP_HOW_BIND, 1, 1, "(no entry)" },
		{ HP_HOW_BIND, 2, 1, "(no entry)  [2 processes]" },
		{ HP_HOW_BIND, 0, 3, "(no entry)  [3 addresses]" },
		{ HP_HOW_BIND0, 8, 7, "(no entry)  [bind0]  [8 processes, 7 addresses]" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf b = { 0 };
		struct event e = bare();

		e.how = cases[i].how;
		e.processes = cases[i].processes;
		e.addresses = cases[i].addresses;
		event_text(&e, false, &b);
		assert_non_null(strstr(b.data, "(no entry)"));
		check_text("end", strstr(b.data, "(no entry)"), cases[i].end);
	}
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
	e.cgroup = evil;
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

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(address_cases); i++) {
		const struct address_case *c = &address_cases[i];
		_cleanup_buf_ struct buf text = { 0 }, want = { 0 };
		struct event e = bare();

		set_address(&e, c);
		event_text(&e, false, &text);
		buf_printf(&want, c->family == 4 ? "tcp  %s:8080 " : "tcp  [%s]:8080 ", c->text);
		if (!strstr(text.data, want.data))
			fail_msg("%s: %s", c->text, text.data);
	}
}

/* A family that is neither: no address. */
static void test_no_address(void **state)
{
	char text[EVENT_ADDRESS_MAX];
	struct event e = bare();

	(void)state;
	event_address(4, e.addr, text);
	check_text("IPv4", text, "0.0.0.0");
	event_address(4, (const uint8_t[HP_ADDR_LEN]) { 255, 100, 99, 10 }, text);
	check_text("all digits", text, "255.100.99.10");
	e.family = 0;
	event_address(0, e.addr, text);
	check_text("none", text, "");
	check_line("no family", &e, false,
		   "20:11:31.123Z AUDITED  tcp  *:8080                unregistered     ?      "
		   "                  unknown workload  (no entry)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	    cmocka_unit_test(test_text_declared),
		cmocka_unit_test(test_text_others), cmocka_unit_test(test_text_colours),
		cmocka_unit_test(test_text_safe),   cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
