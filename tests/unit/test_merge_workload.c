// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/violations/merge_workload.h"

#define POD(name)                                                                                  \
	"\"workload\":{\"kind\":\"pod\",\"namespace\":\"ns\",\"pod\":\"" name                      \
	"\",\"container\":\"c\",\"uid\":\"8f8e4e64-e59d\",\"container_id\":\"0123456789abcdef\"}," \
	"\"cgroup\":\"/kubepods/x\""
#define UNIT(name)  "\"workload\":{\"kind\":\"unit\",\"unit\":\"" name "\"},\"cgroup\":\"/x\""
#define GROUP(path) "\"workload\":{\"kind\":\"cgroup\"},\"cgroup\":\"" path "\""

/* What is the same on all nodes, in words. */
static const struct {
	const char *row, *node, *text;
} cases[] = {
	/* pods of controllers */
	{ POD("node-exporter-x7k2p"), "n1", "pod ns/node-exporter-*/c" },
	{ POD("web-7d9c8b6f5-x7k2p"), "n1", "pod ns/web-*/c" },
	{ POD("backup-29012345-x7k2p"), "n1", "pod ns/backup-*/c" },
	{ POD("a-b-c-x7k2p"), "n1", "pod ns/a-b-c-*/c" },
	/* static pods */
	{ POD("etcd-n1"), "n1", "pod ns/etcd-*/c" },
	{ POD("etcd-n1.example.com"), "n1.example.com", "pod ns/etcd-*/c" },
	{ POD("etcd-n2"), "n1", "pod ns/etcd-n2/c" },
	/* names that somebody chose */
	{ POD("kube-proxy"), "n1", "pod ns/kube-proxy/c" },
	{ POD("web-0"), "n1", "pod ns/web-0/c" },
	{ POD("web-x7k2"), "n1", "pod ns/web-x7k2/c" },
	{ POD("web-x7k2pp"), "n1", "pod ns/web-x7k2pp/c" },
	{ POD("x7k2p"), "n1", "pod ns/x7k2p/c" },
	{ POD("-x7k2p"), "n1", "pod ns/-x7k2p/c" },
	{ POD("n1"), "n1", "pod ns/n1/c" },
	{ POD("-n1"), "n1", "pod ns/-n1/c" },
	{ POD("web"), "", "pod ns/web/c" },
	{ POD("web-"), "", "pod ns/web-/c" },
	/* a pod whose name nobody knows */
	{ "\"workload\":{\"kind\":\"pod\",\"uid\":\"8f8e4e64-e59d\",\"container_id\":\"01\"}", "n1",
	  "pod \xe2\x80\xa6" },
	/* units: a service is called the same on all nodes */
	{ UNIT("nginx.service"), "n1", "unit nginx.service" },
	{ UNIT("user@1000.service"), "n1", "unit user@1000.service" },
	{ UNIT("session-12.scope"), "n1", "unit session-*.scope" },
	{ UNIT("crio-0f8e4e64e59d.scope"), "n1", "unit crio-*.scope" },
	{ UNIT("init.scope"), "n1", "unit init.scope" },
	{ UNIT("beef"), "n1", "unit beef" },
	/* other control groups */
	{ GROUP("/user.slice/user-1000.slice/session-3.scope"), "n1",
	  "cgroup /user.slice/user-*.slice/session-*.scope" },
	{ GROUP("/docker/0f8e4e64e59d48159b3df75ac8d470e6"), "n1", "cgroup /docker/*" },
	{ GROUP("/a1/cafe/x86"), "n1", "cgroup /a1/cafe/x86" },
	{ GROUP("/"), "n1", "cgroup /" },
	{ "\"workload\":{\"kind\":\"cgroup\"}", "n1", "cgroup ?" },
	{ "\"workload\":{\"kind\":\"kernel\"}", "n1", "kernel" },
	{ "\"workload\":7", "n1", "unknown workload" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf json_text = { 0 }, err = { 0 }, cgroup = { 0 };
		_cleanup_buf_ struct buf text = { 0 };
		_cleanup_(json_freep) struct json *row = NULL;
		struct workload who;

		buf_printf(&json_text, "{%s}", cases[i].row);
		if (json_parse(json_text.data, json_text.len, &err, &row) < 0)
			fail_msg("%s: %s", cases[i].row, err.data);
		merge_workload_read(row, cases[i].node, &who, &cgroup);
		workload_text(&who, cgroup.data ? cgroup.data : "", &text);
		check_text(cases[i].row, text.data, cases[i].text);
		check_text(cases[i].row, who.uid, "");
		check_text(cases[i].row, who.container_id, "");
	}
}

/* The longest names stay within their arrays. */
static void test_long(void **state)
{
	_cleanup_buf_ struct buf json_text = { 0 }, err = { 0 }, cgroup = { 0 }, name = { 0 };
	_cleanup_(json_freep) struct json *row = NULL;
	struct workload who;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		buf_puts(&name, "a-");
	buf_printf(&json_text,
		   "{\"workload\":{\"kind\":\"pod\",\"pod\":\"%s\",\"unit\":\"%s.scope\"}}",
		   name.data, name.data);
	assert_int_equal(json_parse(json_text.data, json_text.len, &err, &row), 0);
	merge_workload_read(row, name.data, &who, &cgroup);
	assert_int_equal(strlen(who.pod), sizeof(who.pod) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
