// SPDX-License-Identifier: MIT
/* What the agent tells of pods: each has its control groups. */
#include <inttypes.h>

#include "declared_pods.h"
#include "fake_clock.h"

#include "../../user/agent/pods_document.h"
#include "../../user/base/json.h"

static struct watched_group unit = { .id = 1, .unit = "a.service" };
static struct watched_group own = { .id = 12, .uid = DECLARED_UID };
static struct watched_group first = { .id = 11, .uid = DECLARED_UID, .container = "1a" };
static struct watched_group second = { .id = 10, .uid = DECLARED_UID, .container = "2b" };
static struct watched_group gone = { .id = 13, .uid = DECLARED_UID, .container = "3c" };
static struct watched_group stranger = { .id = 20, .uid = "no such pod" };
static struct watched_group other = { .id = 30, .uid = "v" };

static struct watched_group *const groups[] = {
	&second, &unit, &other, &stranger, &gone, &first, &own,
};
static size_t groups_len;

struct watched_group *const *watched_groups_list(const struct watched_groups *all, size_t *ret_len)
{
	(void)all;
	*ret_len = groups_len;
	return groups;
}

const char *cgroup_name(struct cgroup_names *names, uint64_t id)
{
	static char path[64];

	(void)names;
	(void)snprintf(path, sizeof(path), "/%" PRIu64, id);
	return id == gone.id ? NULL : path;
}

/* The control groups of each pod, as the document has them. */
static void check_groups(struct pods *pods, bool known, const char *want)
{
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 }, got = { 0 };
	_cleanup_(json_freep) struct json *document = NULL;
	const struct json *list;

	/* it is only passed on */
	assert_int_equal(pods_document(pods, known ? (const struct watched_groups *)groups : NULL,
				       NULL, &out),
			 0);
	assert_int_equal(json_parse(out.data, out.len, &err, &document), 0);
	check_u64("sources", json_len(json_member(document, "pod_sources")), pods->len);
	check_u64("left out", json_member_u64(document, "left_out", 9), 0);
	list = json_member(document, "pods");
	for (size_t i = 0; i < json_len(list); i++) {
		const struct json *pod = json_at(list, i), *of = json_member(pod, "cgroups");

		buf_printf(&got, "%s%s:", i ? ", " : "", json_member_text(pod, "name", "?"));
		for (size_t j = 0; j < json_len(of); j++)
			buf_printf(&got, " %s %" PRIu64 " %s %s;",
				   json_member_text(json_at(of, j), "path", "-"),
				   json_member_u64(json_at(of, j), "id", 0),
				   json_member_text(json_at(of, j), "container_id", "-"),
				   json_member_text(json_at(of, j), "container", "-"));
	}
	check_text("pods", got.data ? got.data : "", want);
}

static void test_groups(void **state)
{
	struct declared_pod pod = {
		.name = "a", .uid = DECLARED_UID, .proto = HP_PROTO_TCP, .host_port = 80
	};
	struct pods pods = { .len = 1 };

	(void)state;
	pods.sources[0].name = "/list";
	check_groups(&pods, true, "");
	put_declared_pod(&pods, &pod);
	check_groups(&pods, false, "a:");
	check_groups(&pods, true, "a:");
	groups_len = ARRAY_LEN(groups);
	check_groups(&pods, false, "a:");
	check_groups(&pods, true, "a: /12 12 - -; /11 11 1a c; /10 10 2b c;");
	pod.name = "none";
	pod.uid = "u";
	put_declared_pod(&pods, &pod);
	pod.name = "b";
	pod.uid = "v";
	put_declared_pod(&pods, &pod);
	check_groups(&pods, true,
		     "a: /12 12 - -; /11 11 1a c; /10 10 2b c;, none:, b: /30 30 - -;");
	pods_free(&pods);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
