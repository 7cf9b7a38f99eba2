// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/identity/workload_json.h"

#define POD "0d6c1f2e-8f5e-4e2e-9d7a-1b2c3d4e5f60"

/* A path, what is written of it, and what is read of that. */
static const struct {
	const char *cgroup, *json, *text;
} cases[] = {
	{ "/system.slice/web.service", "{\"kind\":\"unit\",\"unit\":\"web.service\"}",
	  "unit web.service" },
	{ "/kubepods/besteffort/pod" POD
	  "/9f2b6d0c4e1a9f2b6d0c4e1a9f2b6d0c4e1a9f2b6d0c4e1a9f2b6d0c4e1a9f2b",
	  "{\"kind\":\"pod\",\"uid\":\"" POD "\",\"container_id\":"
	  "\"9f2b6d0c4e1a9f2b6d0c4e1a9f2b6d0c4e1a9f2b6d0c4e1a9f2b6d0c4e1a9f2b\"}",
	  "pod 0d6c1f2e\xe2\x80\xa6/9f2b6d0c4e1a" },
	{ "/other", "{\"kind\":\"cgroup\"}", "cgroup /other" },
};

static void check_case(size_t i)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf object = { 0 }, want = { 0 }, text = { 0 }, err = { 0 };
	struct jsonw w = { .out = &object };
	struct workload who;

	workload_parse("", cases[i].cgroup, &who);
	jsonw_object(&w, NULL);
	workload_put(&who, &w);
	jsonw_string(&w, "cgroup", cases[i].cgroup);
	jsonw_object_end(&w);
	buf_printf(&want, "{\"workload\":%s,\"cgroup\":\"%s\"}", cases[i].json, cases[i].cgroup);
	check_text(cases[i].cgroup, object.data, want.data);
	check_int(cases[i].cgroup, json_parse(object.data, object.len, &err, &json), 0);
	workload_json_text(json, &text);
	check_text(cases[i].cgroup, text.data, cases[i].text);
}

static void test_there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_case(i);
}

/* The names come first, and are read again. */
static void test_names(void **state)
{
	const struct workload who = {
		.kind = WORKLOAD_POD,
		.namespace_ = "shop",
		.pod = "web-1",
		.container = "nginx",
		.uid = "u",
		.container_id = "1a",
	};
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf object = { 0 }, text = { 0 }, err = { 0 };
	struct jsonw w = { .out = &object };

	(void)state;
	jsonw_object(&w, NULL);
	workload_put(&who, &w);
	jsonw_object_end(&w);
	check_text("names", object.data,
		   "{\"workload\":{\"kind\":\"pod\",\"namespace\":\"shop\",\"pod\":\"web-1\","
		   "\"container\":\"nginx\",\"uid\":\"u\",\"container_id\":\"1a\"}}");
	check_int("names", json_parse(object.data, object.len, &err, &json), 0);
	workload_json_text(json, &text);
	check_text("names", text.data, "pod shop/web-1/nginx");
}

static void test_nothing(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	workload_json_text(NULL, &text);
	check_text("nothing", text.data, "unknown workload");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
