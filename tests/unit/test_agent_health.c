// SPDX-License-Identifier: MIT
/* What the verbs say of an agent's health. */
#include "test.h"

#include "../../user/ctl/agent_health.h"

static struct json *parse(const char *text)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct json *json = NULL;

	assert_int_equal(json_parse(text, strlen(text), &err, &json), 0);
	return json;
}

static void test_put(void **state)
{
	static const struct {
		const char *document, *text;
	} cases[] = {
		{ "{\"effective\":true}", "yes" },
		{ "{\"effective\":true,\"reason\":\"why\"}", "yes: why" },
		{ "{\"effective\":false,\"reason\":\"the cgroup is gone\"}",
		  "no: the cgroup is gone" },
		{ "{\"effective\":false,\"reason\":\"a\\u001b[2J\"}", "no: a\\x1b[2J" },
		{ "{\"effective\":false}", "no: ?" },
		{ "{\"effective\":1}", "no: ?" },
		{ "{}", "no: ?" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(json_freep) struct json *json = parse(cases[i].document);
		_cleanup_buf_ struct buf out = { 0 };

		agent_health_put(json, "yes", "no", &out);
		check_text(cases[i].document, out.data, cases[i].text);
	}
}

#define PROGRAM(more) "{\"hook\":\"bind4\",\"program_id\":5," more "}"

static void test_foreign(void **state)
{
	static const struct {
		const char *list, *text;
	} cases[] = {
		{ "[]", "" },
		{ "[" PROGRAM("\"after\":false,\"name\":\"a\"") "]", "" },
		{ "[" PROGRAM("\"name\":\"a\"") "]", "" },
		{ "[" PROGRAM("\"after\":true,\"name\":\"evil\"") "]",
		  "\nforeign     bind4: program 5 (evil) runs after ours" },
		{ "[" PROGRAM("\"after\":true,\"name\":\"\"") "]",
		  "\nforeign     bind4: program 5 runs after ours" },
		{ "[" PROGRAM("\"after\":true,\"name\":\"hp\",\"hostportd\":true") "]",
		  "\nforeign     bind4: program 5 (hp, another hostportd) runs after ours" },
		{ "[" PROGRAM("\"after\":true,\"name\":\"a\\n\"") "," PROGRAM(
			  "\"after\":false") "," PROGRAM("\"after\":true") "]",
		  "\nforeign     bind4: program 5 (a\\x0a) runs after ours"
		  "\n            bind4: program 5 runs after ours" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(json_freep) struct json *json = parse(cases[i].list);
		_cleanup_buf_ struct buf out = { 0 };

		agent_health_put_foreign(json, &out);
		check_text(cases[i].list, out.len ? out.data : "", cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
