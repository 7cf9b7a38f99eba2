// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/event/notice.h"

#define TIME "{\"time\":\"2026-11-22T20:11:31.123456789Z\",\"node\":\"n1\",\"notice\":"

struct notice_case {
	const char *name;
	struct notice notice;
	const char *json, *text, *colour;
};

static const struct notice_case cases[] = {
	{ "not effective",
	  { .kind = NOTICE_NOT_EFFECTIVE, .message = "not effective: why" },
	  TIME "\"not-effective\",\"message\":\"not effective: why\"}",
	  "20:11:31.123Z NOTICE   not effective: why",
	  "20:11:31.123Z \033[1;31mNOTICE\033[0m   not effective: why" },
	{ "effective",
	  { .kind = NOTICE_EFFECTIVE, .message = "effective again" },
	  TIME "\"effective\",\"message\":\"effective again\"}",
	  "20:11:31.123Z NOTICE   effective again",
	  "20:11:31.123Z \033[32mNOTICE\033[0m   effective again" },
	{ "a program",
	  { .kind = NOTICE_FOREIGN,
	    .message = "m",
	    .hook = "cgroup_inet4_bind",
	    .program_id = 4294967295U,
	    .name = "evil" },
	  TIME "\"foreign-program\",\"message\":\"m\",\"hook\":\"cgroup_inet4_bind\","
	       "\"program_id\":4294967295,\"name\":\"evil\"}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[33mNOTICE\033[0m   m" },
	{ "a program without a name is gone",
	  { .kind = NOTICE_FOREIGN_GONE, .message = "m", .hook = "h", .program_id = 1, .name = "" },
	  TIME "\"foreign-program-gone\",\"message\":\"m\",\"hook\":\"h\",\"program_id\":1}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[32mNOTICE\033[0m   m" },
	{ "a registry",
	  { .kind = NOTICE_REGISTRY, .message = "m", .generation = 7 },
	  TIME "\"registry\",\"message\":\"m\",\"generation\":7}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[32mNOTICE\033[0m   m" },
	{ "a bad registry",
	  { .kind = NOTICE_REGISTRY_ERROR, .message = "m", .generation = 1 },
	  TIME "\"registry-error\",\"message\":\"m\",\"generation\":1}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[1;31mNOTICE\033[0m   m" },
	{ "an exception",
	  { .kind = NOTICE_EXCEPTION_ENDED, .message = "m", .generation = 1 },
	  TIME "\"exception-ended\",\"message\":\"m\",\"generation\":1}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[33mNOTICE\033[0m   m" },
	{ "the mode",
	  { .kind = NOTICE_MODE, .message = "m", .mode = "enforce", .pid = 4294967295U, .uid = 0 },
	  TIME "\"mode\",\"message\":\"m\",\"mode\":\"enforce\",\"pid\":4294967295,\"uid\":0}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[33mNOTICE\033[0m   m" },
	{ "a pod source",
	  { .kind = NOTICE_PODS, .message = "m" },
	  TIME "\"pods\",\"message\":\"m\"}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[32mNOTICE\033[0m   m" },
	{ "a lost pod source",
	  { .kind = NOTICE_PODS_LOST, .message = "m" },
	  TIME "\"pods-lost\",\"message\":\"m\"}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[1;31mNOTICE\033[0m   m" },
	{ "what this node is",
	  { .kind = NOTICE_NODE, .message = "m", .generation = 2 },
	  TIME "\"node\",\"message\":\"m\",\"generation\":2}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[32mNOTICE\033[0m   m" },
	{ "it can't be read",
	  { .kind = NOTICE_NODE_UNREAD, .message = "m" },
	  TIME "\"node-unread\",\"message\":\"m\"}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[1;31mNOTICE\033[0m   m" },
	{ "many ports",
	  { .kind = NOTICE_MANY_PORTS, .message = "m" },
	  TIME "\"many-ports\",\"message\":\"m\"}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[33mNOTICE\033[0m   m" },
	{ "a port that is not bound",
	  { .kind = NOTICE_NOT_BOUND, .message = "m" },
	  TIME "\"not-bound\",\"message\":\"m\"}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[33mNOTICE\033[0m   m" },
	{ "pins are made anew",
	  { .kind = NOTICE_PINS, .message = "m" },
	  TIME "\"pins\",\"message\":\"m\"}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[33mNOTICE\033[0m   m" },
	{ "pins are gone",
	  { .kind = NOTICE_PINS_LOST, .message = "m" },
	  TIME "\"pins-lost\",\"message\":\"m\"}",
	  "20:11:31.123Z NOTICE   m",
	  "20:11:31.123Z \033[1;31mNOTICE\033[0m   m" },
	{ "a hostile message",
	  { .kind = NOTICE_EFFECTIVE, .message = "\033[31m\n\"" },
	  TIME "\"effective\",\"message\":\"\\u001b[31m\\u000a\\\"\"}",
	  "20:11:31.123Z NOTICE   \\x1b[31m\\x0a\"",
	  "20:11:31.123Z \033[32mNOTICE\033[0m   \\x1b[31m\\x0a\"" },
};

static void check_form(const struct notice_case *c, const struct notice *notice)
{
	_cleanup_buf_ struct buf json = { 0 }, text = { 0 }, colour = { 0 };

	notice_json(notice, &json);
	check_text(c->name, json.data, c->json);
	notice_text(notice, false, &text);
	check_text(c->name, text.data, c->text);
	notice_text(notice, true, &colour);
	check_text(c->name, colour.data, c->colour);
}

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct notice notice = cases[i].notice;

		notice.time = (struct timespec) { 1795378291, 123456789 };
		notice.node = "n1";
		check_form(&cases[i], &notice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
