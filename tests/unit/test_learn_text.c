// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/violations/learn_text.h"

static void test_inert(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *want;
	} cases[] = {
		{ "plain", 99, "plain" },  { "", 99, "" },
		{ "a\nb", 99, "a\\x0ab" }, { "\xc2\x85", 99, "\\xc2\\x85" },
		{ "a\\b", 99, "a\\b" },	   { "abcdef", 3, "abc..." },
		{ "abc", 3, "abc" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		buf_puts(&out, "");
		learn_put_inert(&out, cases[i].text, cases[i].max);
		check_text(cases[i].text, out.data, cases[i].want);
	}
}

static void test_time(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "2026-11-22T20:11:31.123456789Z", "2026-11-22T20:11:31Z" },
		{ "soon", "?" },
		{ "", "?" },
		{ "\n026-11-22T20:11:31.123456789Z", "\\x0a026-11-22T20:11:31Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		learn_put_time(&out, cases[i].text);
		check_text(cases[i].text, out.data, cases[i].want);
	}
}

static void check_facts(const char *text, const char *process, const char *want)
{
	_cleanup_answer_rows_ struct answer_rows rows = { 0 };
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 };

	assert_int_equal(json_parse(text, strlen(text), &err, &json), 0);
	assert_int_equal(answer_rows_read(json, &rows), 0);
	learn_put_facts(&rows.list[0], &out);
	check_text("facts", out.data, want);
	check_text("process", learn_process_name(&rows.list[0]), process);
}

static void test_facts(void **state)
{
	(void)state;
	check_facts(
		"[{\"workload\":{\"kind\":\"unit\",\"unit\":\"a.service\"},\"comm\":\"a\",\"pid\":"
		"7,"
		"\"uid\":1,\"address\":\"::\",\"count\":1,\"first\":\"2026-11-22T20:11:31."
		"123456789Z\","
		"\"sockets\":2,\"others\":[{\"comm\":\"b\",\"address\":\"::1\"}]}]",
		"a",
		"unit a.service: a[7], uid 1, on ::; 1 time, 2026-11-22T20:11:31Z; 2 sockets now;"
		" also b on ::1");
}

/* What only a pod declares has no process, and may be for every address. */
static void test_declared(void **state)
{
	(void)state;
	check_facts("[{\"workload\":{\"kind\":\"pod\",\"namespace\":\"ns\",\"pod\":\"web\"},"
		    "\"source\":\"declared\",\"count\":1,"
		    "\"first\":\"2026-11-22T20:11:31.123456789Z\"}]",
		    "hostPort",
		    "pod ns/web: hostPort, no process, on *; 1 time, 2026-11-22T20:11:31Z");
	check_facts("[{\"workload\":{\"kind\":\"pod\",\"namespace\":\"ns\",\"pod\":\"web\"},"
		    "\"source\":\"declared\",\"address\":\"10.0.0.1\"}]",
		    "hostPort", "pod ns/web: hostPort, no process, on 10.0.0.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inert),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_declared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
