// SPDX-License-Identifier: MIT
#include "../../user/pods/pod_json.h"
#include "pod_texts.h"

/* The reader is given its pieces by the JSON parser: that is easiest to read. */
static void check_read(const char *name, const char *json, const char *suffix, const char *want)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_(pod_json_freep) struct pod_json *parser = NULL;
	_cleanup_buf_ struct buf got = { 0 }, err = { 0 };

	pod_reader_init(&reader, put_read, &got);
	reader.suffix = suffix;
	assert_int_equal(pod_json_new(&reader, &parser), 0);
	check_int(name, pod_json_feed(parser, json, strlen(json), &err), 0);
	check_int(name, pod_json_end(parser, &err), 0);
	check_text(name, got.data ? got.data : "", want);
}

#define META	   "\"metadata\":{\"namespace\":\"ns\",\"name\":\"p\",\"uid\":\"u\"}"
#define POD(rest)  "{\"kind\":\"Pod\"," META rest "}"
#define SPEC(spec) POD(",\"spec\":{" spec "}")

#define NODE(labels, rest)                                                                         \
	"{\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\",\"labels\":{" labels "}}" rest "}"

struct read_case {
	const char *name, *json, *want;
};

static const struct read_case cases[] = {
	{ "a pod", POD(""), "pod v: ns/p [u]\n" },
	{ "nothing", "{}", "" },
	{ "no object", "[{\"kind\":\"Pod\"}]", "" },
	{ "a text", "\"Pod\"", "" },
	{ "another kind", "{\"kind\":\"Deployment\"," META "}", "other v\n" },
	{ "a worker", NODE("", ""), "node v: worker\n" },
	{ "no node of another kind", "{\"kind\":\"Nodes\"," META "}", "other v\n" },
	{ "a control plane", NODE("\"node-role.kubernetes.io/control-plane\":\"\"", ""),
	  "node v: control-plane\n" },
	{ "a master", NODE("\"node-role.kubernetes.io/master\":\"\"", ""),
	  "node v: control-plane\n" },
	{ "another role", NODE("\"node-role.kubernetes.io/infra\":\"\"", ""), "node v: worker\n" },
	{ "a platform", NODE("", ",\"spec\":{\"providerID\":\"aws:///a/i-1\"}"),
	  "node v: worker, platform aws\n" },
	{ "a version",
	  NODE("\"node.openshift.io/os_id\":\"rhcos\"",
	       ",\"status\":{\"nodeInfo\":{\"osImage\":\"x\",\"kubeletVersion\":\"v1.29.5+"
	       "29c95f3\"}}"),
	  "node v: worker, version 4.16\n" },
	{ "labels of a pod are no node's",
	  "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"labels\":{"
	  "\"node-role.kubernetes.io/master\":\"\"}}}" NODE("", ""),
	  "pod v: default/p []\nnode v: worker\n" },
	{ "no name", "{\"kind\":\"Pod\"}", "pod v: unusable\n" },
	{ "a name that is none", "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a/b\"}}",
	  "pod v: unusable\n" },
	{ "the default namespace", "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"}}",
	  "pod v: default/p []\n" },
	{ "two pods", POD("") POD(",\"spec\":{\"hostNetwork\":true}"),
	  "pod v: ns/p [u]\npod v: ns/p [u] host\n" },
	{ "no host network", SPEC("\"hostNetwork\":false"), "pod v: ns/p [u]\n" },
	{ "null", SPEC("\"hostNetwork\":null,\"containers\":null"), "pod v: ns/p [u]\n" },
	{ "of another type", SPEC("\"hostNetwork\":{\"a\":true},\"containers\":{\"name\":\"c\"}"),
	  "pod v: ns/p [u]\n" },
	{ "a node", SPEC("\"nodeName\":\"n1\""), "pod v on n1: ns/p [u]\n" },
	{ "a container",
	  SPEC("\"containers\":[{\"name\":\"c\",\"ports\":[{\"containerPort\":80}]}]"),
	  "pod v: ns/p [u] main=c c:80/0>0@\n" },
	{ "its name last",
	  SPEC("\"containers\":[{\"ports\":[{\"protocol\":\"UDP\",\"hostPort\":53,"
	       "\"containerPort\":5353,\"hostIP\":\"::1\"}],\"name\":\"c\"}]"),
	  "pod v: ns/p [u] main=c c:5353/1>53@::1\n" },
	{ "no name", SPEC("\"containers\":[{}]"), "pod v: ns/p [u] main=?\n" },
	{ "all kinds",
	  SPEC("\"initContainers\":[{\"name\":\"a\"},{\"name\":\"b\",\"restartPolicy\":\"Always\"},"
	       "{\"name\":\"x\",\"restartPolicy\":\"Never\"}],"
	       "\"containers\":[{\"name\":\"c\",\"restartPolicy\":\"Always\"}],"
	       "\"ephemeralContainers\":[{\"name\":\"d\"}]"),
	  "pod v: ns/p [u] init=a sidecar=b init=x main=c ephemeral=d\n" },
	{ "each its ports",
	  SPEC("\"containers\":[{\"name\":\"c\",\"ports\":[{\"containerPort\":1},{"
	       "\"containerPort\":2,"
	       "\"protocol\":\"SCTP\"}]},{\"name\":\"d\"},{\"name\":\"e\",\"ports\":["
	       "{\"containerPort\":3,\"protocol\":\"TCP\",\"hostPort\":0}]}]"),
	  "pod v: ns/p [u] main=c main=d main=e c:1/0>0@ c:2/3>0@ e:3/0>0@\n" },
	{ "ports of nothing else",
	  SPEC("\"ports\":[{\"containerPort\":1}],\"containers\":[{\"name\":\"c\",\"env\":[{"
	       "\"ports\":["
	       "{\"containerPort\":2}]}],\"containers\":[{\"name\":\"x\"}]}]"),
	  "pod v: ns/p [u] main=c\n" },
	{ "names of nothing else",
	  SPEC("\"name\":\"x\",\"containers\":[{\"name\":\"c\",\"env\":[{\"name\":\"e\"}],"
	       "\"ports\":["
	       "{\"name\":\"http\",\"containerPort\":2}]}]"),
	  "pod v: ns/p [u] main=c c:2/0>0@\n" },
	{ "a port of 0",
	  SPEC("\"containers\":[{\"name\":\"c\",\"ports\":[{\"containerPort\":0}]}]"),
	  "pod v: ns/p [u] incomplete main=c\n" },
	{ "a port too high",
	  SPEC("\"containers\":[{\"name\":\"c\",\"ports\":[{\"containerPort\":65536}]}]"),
	  "pod v: ns/p [u] incomplete main=c\n" },
	{ "a port that is no number",
	  SPEC("\"containers\":[{\"name\":\"c\",\"ports\":[{\"containerPort\":\"{{p}}\"},"
	       "{\"containerPort\":7}]}]"),
	  "pod v: ns/p [u] incomplete main=c c:7/0>0@\n" },
	{ "no port", SPEC("\"containers\":[{\"name\":\"c\",\"ports\":[{\"hostPort\":7}]}]"),
	  "pod v: ns/p [u] incomplete main=c\n" },
	{ "no protocol",
	  SPEC("\"containers\":[{\"name\":\"c\",\"ports\":[{\"containerPort\":7,\"protocol\":"
	       "\"tcp\"}]}]"),
	  "pod v: ns/p [u] incomplete main=c\n" },
	{ "ended", POD(",\"status\":{\"phase\":\"Failed\"}"), "pod v: ns/p [u] ended\n" },
	{ "ended well", POD(",\"status\":{\"phase\":\"Succeeded\"}"), "pod v: ns/p [u] ended\n" },
	{ "running", POD(",\"status\":{\"phase\":\"Running\"}"), "pod v: ns/p [u]\n" },
	{ "ids",
	  POD(",\"status\":{\"containerStatuses\":[{\"containerID\":\"containerd://"
	      "1a\",\"name\":\"c\","
	      "\"lastState\":{\"terminated\":{\"containerID\":\"containerd://2b\"}},"
	      "\"state\":{\"terminated\":{\"containerID\":\"containerd://1a\"}}},"
	      "{\"name\":\"d\",\"containerID\":\"\"}],\"initContainerStatuses\":["
	      "{\"name\":\"i\",\"containerID\":\"cri-o://3c\"}],\"ephemeralContainerStatuses\":["
	      "{\"name\":\"e\",\"state\":{\"running\":{\"containerID\":\"x\"}},"
	      "\"containerID\":\"4d\"}]}"),
	  "pod v: ns/p [u] c#1a c#2b i#3c e#4d\n" },
	{ "a mirror",
	  "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"ns\",\"name\":\"p\",\"annotations\":{"
	  "\"kubernetes.io/config.mirror\":\"h\",\"x\":\"y\"},\"uid\":\"u\"}}",
	  "pod v: ns/p [u mirror of h]\n" },
	{ "a static pod, as the kubelet has it",
	  "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"ns\",\"name\":\"p\",\"annotations\":{"
	  "\"kubernetes.io/config.hash\":\"u\",\"x\":\"y\"},\"uid\":\"u\"}}",
	  "pod v: ns/p [u]\n" },
	{ "annotations elsewhere",
	  POD(",\"spec\":{\"annotations\":{\"kubernetes.io/config.mirror\":\"h\"}}"),
	  "pod v: ns/p [u]\n" },
	{ "a list",
	  "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[{" META
	  "},{\"metadata\":{\"name\":\"q\",\"namespace\":\"ns\",\"resourceVersion\":\"5\"}}]}",
	  "pod v: ns/p [u]\npod v5: ns/q []\nlist v7\n" },
	{ "its version last",
	  "{\"items\":[{" META "}],\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"7\"}}",
	  "pod v: ns/p [u]\nlist v7\n" },
	{ "a list of null", "{\"kind\":\"PodList\",\"items\":null}", "list v\n" },
	{ "null elsewhere", "{\"kind\":\"PodList\",\"spec\":{\"items\":null}}", "other v\n" },
	{ "a list of nothing", "{\"kind\":\"PodList\",\"items\":[]}", "list v\n" },
	{ "a list of others", "{\"items\":[{\"kind\":\"Job\"," META "},{\"kind\":\"Node\"}]}",
	  "other v\nnode v: worker\nlist v\n" },
	{ "nothing of one pod is the next one's",
	  "{\"items\":[" SPEC("\"hostNetwork\":true,\"nodeName\":\"n\",\"containers\":[{\"name\":"
			      "\"c\"}]") ",{\"metadata\":{\"name\":\"q\"}}]}",
	  "pod v on n: ns/p [u] host main=c\npod v: default/q []\nlist v\n" },
	{ "events",
	  "{\"type\":\"ADDED\",\"object\":" POD("") "}\n{\"type\":\"DELETED\",\"object\":" POD(
		  "") "}\n",
	  "ADDED pod v: ns/p [u]\nDELETED pod v: ns/p [u]\n" },
	{ "an error",
	  "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"status\":\"Failure\","
	  "\"message\":\"too old\",\"code\":410}}",
	  "ERROR status v 410 too old\n" },
	{ "a status", "{\"kind\":\"Status\",\"message\":\"no\",\"code\":403}",
	  "status v 403 no\n" },
	{ "a bookmark",
	  "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":"
	  "\"9\","
	  "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}",
	  "BOOKMARK pod v9 initial-events-end: unusable\n" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_read(cases[i].name, cases[i].json, NULL, cases[i].want);
}

static void test_suffix(void **state)
{
	_cleanup_buf_ struct buf json = { 0 }, want = { 0 };
	char longest[POD_TEXT_MAX];

	(void)state;
	check_read("a node's name", POD(""), "-n1", "pod v: ns/p-n1 [u]\n");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	buf_printf(&json, "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\"}}", longest);
	buf_printf(&want, "pod v: default/%s []\n", longest);
	check_read("no room for it", json.data, "-n1", want.data);
}

/* What is too long for a name is left out, and the pod says so. */
static void test_long(void **state)
{
	_cleanup_buf_ struct buf json = { 0 }, text = { 0 };

	(void)state;
	for (size_t i = 0; i <= POD_TEXT_MAX; i++)
		buf_putc(&text, 'x');
	buf_printf(&json,
		   "{\"kind\":\"Pod\"," META
		   ",\"spec\":{\"containers\":[{\"name\":\"%s\",\"ports\":[{"
		   "\"containerPort\":80,\"hostIP\":\"%s\"}]}]}}",
		   text.data, text.data);
	check_read("too long", json.data, NULL, "pod v: ns/p [u] incomplete main=? ?:80/0>0@\n");
	check_read("a zero byte", POD(",\"spec\":{\"containers\":[{\"name\":\"a\\u0000b\"}]}"),
		   NULL, "pod v: ns/p [u] incomplete main=?\n");
}

static int count_pods(void *data, const struct pod_read *read)
{
	struct pod_record record = { 0 };
	size_t *counts = data;

	assert_int_equal(read->kind, POD_READ_POD);
	assert_true(read->record->len <= POD_RECORD_MAX);
	check_int("usable", pod_record_parse(read->record->data, read->record->len, &record), 0);
	check_int("incomplete", record.pod->incomplete, true);
	counts[0]++;
	counts[1] = record.pod->containers_len;
	counts[2] = record.pod->ports_len;
	free(record.pod);
	return 0;
}

static void read_many(size_t containers, size_t ports, size_t *counts)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_(pod_json_freep) struct pod_json *parser = NULL;
	_cleanup_buf_ struct buf json = { 0 }, err = { 0 };

	buf_puts(&json, "{\"kind\":\"Pod\"," META ",\"spec\":{\"containers\":[");
	for (size_t i = 0; i < containers; i++) {
		buf_printf(&json, "%s{\"name\":\"c%zu\",\"ports\":[", i ? "," : "", i);
		for (size_t j = 0; j < ports; j++)
			buf_printf(&json, "%s{\"containerPort\":%zu}", j ? "," : "", j % 60000 + 1);
		buf_puts(&json, "]}");
	}
	buf_puts(&json, "]}}");
	pod_reader_init(&reader, count_pods, counts);
	assert_int_equal(pod_json_new(&reader, &parser), 0);
	assert_int_equal(pod_json_feed(parser, json.data, json.len, &err), 0);
	assert_int_equal(pod_json_end(parser, &err), 0);
}

/* However much a pod has, its record is one that can be read. */
static void test_bounds(void **state)
{
	size_t counts[3] = { 0 };

	(void)state;
	read_many(POD_CONTAINERS_MAX + 1, 0, counts);
	check_u64("a pod", counts[0], 1);
	check_u64("containers", counts[1], POD_CONTAINERS_MAX);
	read_many(2, POD_PORTS_MAX, counts);
	check_u64("a pod", counts[0], 2);
	check_u64("containers", counts[1], 1);
	check_u64("ports", counts[2], POD_PORTS_MAX);
	read_many(1, 100000, counts);
	check_u64("a pod", counts[0], 3);
}

static int stop(void *data, const struct pod_read *read)
{
	(void)data;
	(void)read;
	return -ECANCELED;
}

static void test_pieces(void **state)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_buf_ struct buf got = { 0 };

	(void)state;
	pod_reader_init(&reader, put_read, &got);
	for (size_t i = 0; i < POD_READER_DEPTH_MAX; i++)
		check_int("open", pod_reader_open(&reader, i % 2), 0);
	check_int("too deep", pod_reader_open(&reader, false), -E2BIG);
	for (size_t i = 0; i < POD_READER_DEPTH_MAX; i++)
		check_int("close", pod_reader_close(&reader), 0);
	check_int("nothing is open", pod_reader_close(&reader), 0);
	check_u64("no object", got.len, 0);
	pod_reader_free(&reader);
	pod_reader_init(&reader, stop, NULL);
	check_int("open", pod_reader_open(&reader, false), 0);
	pod_reader_key(&reader, "kind", 4);
	pod_reader_scalar(&reader, "Pod", 3);
	check_int("what the function says", pod_reader_close(&reader), -ECANCELED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),  cmocka_unit_test(test_suffix),
		cmocka_unit_test(test_long),   cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
