// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/ctl/listener_text.h"

struct text_case {
	const char *document, *socket, *process;
};

#define V4 "{\"family\":\"ipv4\",\"address\":\"0.0.0.0\",\"port\":80"

static const struct text_case text_cases[] = {
	{ V4 ",\"pid\":7,\"comm\":\"nginx\",\"held_by\":\"process\"}", "0.0.0.0:80", "nginx[7]" },
	{ V4 ",\"pid\":7}", "0.0.0.0:80", "?[7]" },
	{ V4 ",\"held_by\":\"none\"}", "0.0.0.0:80", "no process has it" },
	{ V4 ",\"held_by\":\"kernel\"}", "0.0.0.0:80", "kernel" },
	{ V4 ",\"held_by\":\"unknown\"}", "0.0.0.0:80", NULL },
	{ "{\"family\":\"ipv6\",\"address\":\"::\",\"port\":65535}", "[::]:65535", NULL },
	{ "{\"port\":80,\"held_by\":\"declared\"}", "*:80", "hostPort, no socket" },
	{ "{}", "*:0", NULL },
};

static struct json *parse(const char *text)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct json *json = NULL;

	assert_int_equal(json_parse(text, strlen(text), &err, &json), 0);
	return json;
}

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text_cases); i++) {
		const struct text_case *c = &text_cases[i];
		_cleanup_(json_freep) struct json *json = parse(c->document);
		_cleanup_buf_ struct buf socket = { 0 }, process = { 0 };

		listener_text_socket(json, &socket);
		listener_text_process(json, &process);
		check_text(c->document, socket.data, c->socket);
		check_text(c->document, process.data, c->process);
	}
}

static void test_holder(void **state)
{
	_cleanup_(json_freep) struct json *known =
		parse(V4 ",\"pid\":7,\"comm\":\"a\\u001b\",\"workload\":{\"kind\":\"unit\","
			 "\"unit\":\"w.service\"}}");
	_cleanup_(json_freep) struct json *unknown =
		parse(V4 ",\"cgroup\":\"/x\",\"workload\":{\"kind\":\"cgroup\"}}");
	_cleanup_buf_ struct buf one = { 0 }, other = { 0 };

	(void)state;
	listener_text_holder(known, &one);
	check_text("known", one.data, "a\\x1b[7] at 0.0.0.0:80, unit w.service");
	listener_text_holder(unknown, &other);
	check_text("unknown", other.data, "an unknown process at 0.0.0.0:80, cgroup /x");
}

static void test_is_at(void **state)
{
	_cleanup_(json_freep) struct json *json = parse("{\"protocol\":\"udp\",\"port\":53}");

	(void)state;
	check_int("it", listener_text_is_at(json, "udp", 53), true);
	check_int("another port", listener_text_is_at(json, "udp", 54), false);
	check_int("another protocol", listener_text_is_at(json, "tcp", 53), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_holder),
		cmocka_unit_test(test_is_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
