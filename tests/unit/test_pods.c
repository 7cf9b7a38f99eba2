// SPDX-License-Identifier: MIT
#include "../../user/pods/pods.h"

#include "../../bpf/abi.h"
#include "../../user/base/json.h"
#include "pod_texts.h"

static struct pod_container containers[] = {
	{ "web", POD_CONTAINER_MAIN },
	{ "proxy", POD_CONTAINER_SIDECAR },
};
static struct pod_port ports[] = {
	{ HP_PROTO_TCP, 80, 8080, 0, "" },
	{ HP_PROTO_UDP, 53, 0, 1, "::1" },
};
static struct pod_container_id ids[] = { { "web", "1a" }, { "web", "2b" }, { "gone", "3c" } };

static void put(struct pod_source *source, const char *uid, const char *name, bool host)
{
	const struct pod pod = {
		.namespace_ = "ns",
		.name = name,
		.uid = uid,
		.mirror_of = host ? "m" : "",
		.host_network = host,
		.ended = host,
		.incomplete = host,
		.containers = containers,
		.ports = ports,
		.ids = ids,
		.containers_len = 2,
		.ports_len = 2,
		.ids_len = 3,
	};
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	pod_record_of(&pod, &bytes);
	assert_int_equal(pod_record_parse(bytes.data, bytes.len, &record), 0);
	assert_int_equal(pod_table_apply(&source->table, &record, 1), 0);
}

static void test_find(void **state)
{
	struct pods pods = { .len = 2 };

	(void)state;
	assert_null(pods_find(&pods, "u"));
	put(&pods.sources[0], "u", "first", false);
	put(&pods.sources[1], "u", "second", false);
	put(&pods.sources[1], "v", "other", false);
	check_text("the first source's", pods_find(&pods, "u")->pod->name, "first");
	check_text("of any source", pods_find(&pods, "v")->pod->name, "other");
	assert_null(pods_find(&pods, "w"));
	pod_table_remove(&pods.sources[0].table, "u", 2);
	check_text("that is there", pods_find(&pods, "u")->pod->name, "second");
	pod_table_remove(&pods.sources[1].table, "u", 2);
	check_text("all are gone", pods_find(&pods, "u")->pod->name, "first");
	put(&pods.sources[0], "w", "mirror", true);
	check_text("a mirror", pods_find(&pods, "m")->pod->name, "mirror");
	put(&pods.sources[1], "m", "itself", false);
	check_text("it has the UID itself", pods_find(&pods, "m")->pod->name, "itself");
	pod_table_remove(&pods.sources[1].table, "m", 2);
	check_text("also when it is gone", pods_find(&pods, "m")->pod->name, "itself");
	pods_free(&pods);
	check_u64("freed", pods.len, 0);
}

static void test_were_listed(void **state)
{
	struct pods pods = { 0 };

	(void)state;
	check_int("no source", pods_were_listed(&pods), true);
	pods.len = 2;
	check_int("nothing was told", pods_were_listed(&pods), false);
	put(&pods.sources[0], "u", "first", false);
	check_int("a pod alone", pods_were_listed(&pods), false);
	pod_table_listed(&pods.sources[0].table, 1);
	check_int("no list has begun", pods_were_listed(&pods), false);
	for (size_t i = 0; i < pods.len; i++) {
		pod_table_list(&pods.sources[i].table);
		check_int("a list has begun", pods_were_listed(&pods), false);
		pod_table_listed(&pods.sources[i].table, 1);
		check_int("one of two, or both", pods_were_listed(&pods), i == 1);
	}
	pod_table_list(&pods.sources[0].table);
	check_int("once is enough", pods_were_listed(&pods), true);
	pods_free(&pods);
}

static void test_find_container(void **state)
{
	struct pods pods = { .len = 2 };

	(void)state;
	assert_null(pods_find_container(&pods, "1a"));
	put(&pods.sources[1], "u", "first", false);
	check_text("by an id", pods_find_container(&pods, "2b")->pod->name, "first");
	check_text("of one that has ended", pods_find_container(&pods, "3c")->pod->name, "first");
	assert_null(pods_find_container(&pods, "1"));
	assert_null(pods_find_container(&pods, ""));
	pod_table_remove(&pods.sources[1].table, "u", 2);
	check_text("it is gone", pods_find_container(&pods, "1a")->pod->name, "first");
	put(&pods.sources[1], "v", "second", false);
	check_text("one that is there", pods_find_container(&pods, "1a")->pod->name, "second");
	put(&pods.sources[0], "w", "third", false);
	check_text("the first source's", pods_find_container(&pods, "1a")->pod->name, "third");
	pods_free(&pods);
}

/* Only what is known for certain is a container's name. */
static void test_container(void **state)
{
	struct pod pod = {
		.containers = containers, .containers_len = 2, .ids = ids, .ids_len = 3
	};

	(void)state;
	check_text("by its id", pods_container(&pod, "2b"), "web");
	assert_null(pods_container(&pod, "4d"));
	assert_null(pods_container(&pod, NULL));
	pod.containers_len = 1;
	check_text("the only one", pods_container(&pod, "4d"), "web");
	check_text("the only one, without an id", pods_container(&pod, NULL), "web");
	pod.incomplete = true; /* there may be others */
	assert_null(pods_container(&pod, "4d"));
	check_text("by its id all the same", pods_container(&pod, "1a"), "web");
}

static void test_sources(void **state)
{
	struct pods pods = { .len = 2 };
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	(void)state;
	pods.sources[0].name = "/a";
	pods.sources[0].up = true;
	pods.sources[0].updated = (struct timespec) { 1795378291, 5 };
	put(&pods.sources[0], "u", "p", false);
	put(&pods.sources[0], "v", "q", false);
	pod_table_remove(&pods.sources[0].table, "v", 2);
	pods.sources[1].name = "/b";
	pods.sources[1].unusable = 3;
	pods.sources[1].table.left_out = 4;
	buf_puts(&pods.sources[1].error, "no \"file\"");
	pods_put_sources(&pods, &w);
	check_text("sources", out.data,
		   "\"pod_sources\":["
		   "{\"source\":\"/a\",\"up\":true,\"error\":null,"
		   "\"last_update\":\"2026-11-22T20:11:31.000000005Z\",\"pods\":1,"
		   "\"remembered\":1,\"unusable\":0,\"left_out\":0},"
		   "{\"source\":\"/b\",\"up\":false,\"error\":\"no "
		   "\\\"file\\\"\",\"last_update\":null,"
		   "\"pods\":0,\"remembered\":0,\"unusable\":3,\"left_out\":4}]");
	pods_free(&pods);
}

/* All pods are known if no source lacks any, and one has others than static ones. */
static void test_know_all(void **state)
{
	struct pods pods = { 0 };

	(void)state;
	check_int("no source", pods_know_all(&pods), false);
	pods.len = 2;
	check_int("not read yet", pods_know_all(&pods), false);
	pods.sources[0].up = pods.sources[1].up = true;
	check_int("not told of all yet", pods_know_all(&pods), false);
	for (size_t i = 0; i < pods.len; i++) {
		pod_table_list(&pods.sources[i].table);
		pod_table_listed(&pods.sources[i].table, 1);
	}
	check_int("both", pods_know_all(&pods), true);
	pods.sources[1].static_only = true;
	check_int("one of static pods", pods_know_all(&pods), true);
	pods.sources[0].static_only = true;
	check_int("only static pods", pods_know_all(&pods), false);
	pods.sources[0].static_only = false;
	pods.sources[1].up = false;
	check_int("one is lost", pods_know_all(&pods), false);
	pods.sources[1].up = true;
	pods.sources[1].unusable = 1;
	check_int("one can't be taken", pods_know_all(&pods), false);
	pods.sources[1].unusable = 0;
	pods.sources[0].table.left_out = 1;
	check_int("no room for one", pods_know_all(&pods), false);
	pods.sources[0].table.left_out = 0;
	pod_table_list(&pods.sources[0].table);
	check_int("in the middle of a list", pods_know_all(&pods), false);
	pod_table_listed(&pods.sources[0].table, 1);
	check_int("at its end", pods_know_all(&pods), true);
	pods_free(&pods);
}

#define CONTAINERS                                                                                 \
	"\"containers\":[{\"name\":\"web\",\"kind\":\"main\",\"ids\":[\"1a\",\"2b\"]},"            \
	"{\"name\":\"proxy\",\"kind\":\"sidecar\",\"ids\":[]}],"

/* A member of each pod's, after the others. */
static void put_more(void *data, const struct pod *pod, struct jsonw *w)
{
	jsonw_string(w, data, pod->name);
}

static char member[] = "more";
static const struct pods_more more = { put_more, member };

static void test_put(void **state)
{
	struct pods pods = { .len = 2 };
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	(void)state;
	pods.sources[0].name = "/a";
	pods.sources[1].name = "/b";
	put(&pods.sources[0], "u", "p", false);
	put(&pods.sources[1], "", "q", true);
	pod_table_remove(&pods.sources[1].table, "ns/q", 2);
	check_u64("none is left out", pods_put(&pods, 12, 1000000, &more, &w), 0);
	check_text(
		"pods", out.data,
		"\"pods\":["
		"{\"namespace\":\"ns\",\"name\":\"p\",\"uid\":\"u\",\"source\":\"/a\","
		"\"host_network\":false,\"ended\":false,\"incomplete\":false,\"gone\":"
		"null," CONTAINERS
		"\"ports\":[{\"protocol\":\"tcp\",\"port\":8080,\"container_port\":80,"
		"\"container\":\"web\"},{\"protocol\":\"udp\",\"port\":null,"
		"\"container_port\":53,\"container\":\"proxy\",\"host_ip\":\"::1\"}],"
		"\"more\":\"p\"},"
		"{\"namespace\":\"ns\",\"name\":\"q\",\"mirror_of\":\"m\",\"source\":\"/b\","
		"\"host_network\":true,\"ended\":true,\"incomplete\":true,\"gone\":10," CONTAINERS
		"\"ports\":[{\"protocol\":\"tcp\",\"port\":80,\"container_port\":80,"
		"\"container\":\"web\"},{\"protocol\":\"udp\",\"port\":53,"
		"\"container_port\":53,\"container\":\"proxy\",\"host_ip\":\"::1\"}],"
		"\"more\":\"q\"}]");
	pods_free(&pods);
}

static void test_room(void **state)
{
	struct pods pods = { .len = 1 };
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	(void)state;
	pods.sources[0].name = "/a";
	put(&pods.sources[0], "u", "first", false);
	put(&pods.sources[0], "v", "second", false);
	put(&pods.sources[0], "w", "third", false);
	check_u64("two are left out", pods_put(&pods, 12, 100, &more, &w), 2);
	assert_non_null(strstr(out.data, "\"first\""));
	assert_null(strstr(out.data, "\"second\""));
	check_text("it ends", out.data + out.len - 2, "}]");
	pods_free(&pods);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),	       cmocka_unit_test(test_were_listed),
		cmocka_unit_test(test_find_container), cmocka_unit_test(test_container),
		cmocka_unit_test(test_sources),	       cmocka_unit_test(test_put),
		cmocka_unit_test(test_know_all),       cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
