// SPDX-License-Identifier: MIT
#include "../../bpf/abi.h"
#include "pod_texts.h"

static struct pod_container containers[] = {
	{ "web", POD_CONTAINER_MAIN },
	{ "setup", POD_CONTAINER_INIT },
	{ "proxy", POD_CONTAINER_SIDECAR },
	{ "debug", POD_CONTAINER_EPHEMERAL },
};
static struct pod_port ports[] = {
	{ HP_PROTO_TCP, 80, 8080, 0, "" },
	{ HP_PROTO_UDP, 65535, 0, 0, "10.0.0.1" },
	{ HP_PROTO_SCTP, 1, 256, 2, "::1" },
};
static struct pod_container_id ids[] = { { "web", "0123abc" }, { "gone", "f" } };

static const struct pod whole = {
	.namespace_ = "kube-system",
	.name = "web-0",
	.uid = "u-1",
	.mirror_of = "m-1",
	.host_network = true,
	.ended = true,
	.incomplete = true,
	.containers = containers,
	.ports = ports,
	.ids = ids,
	.containers_len = 4,
	.ports_len = 3,
	.ids_len = 2,
};

static struct pod *again(const struct buf *bytes)
{
	struct pod_record record = { 0 };

	check_int("parse", pod_record_parse(bytes->data, bytes->len, &record), 0);
	return record.pod;
}

/* What is written is read as it was. */
static void test_whole(void **state)
{
	_cleanup_buf_ struct buf bytes = { 0 }, got = { 0 }, want = { 0 };
	_cleanup_free_ struct pod *pod = NULL;

	(void)state;
	pod_record_of(&whole, &bytes);
	pod = again(&bytes);
	put_pod(&whole, &want);
	put_pod(pod, &got);
	check_text("pod", got.data, want.data);
	check_text("key", pod->key, "u-1");
	check_int("its size is known", pod->size > sizeof(*pod) && pod->size < 4096, true);
}

static void test_least(void **state)
{
	const struct pod least = { .namespace_ = "a", .name = "b", .uid = "", .mirror_of = "" };
	_cleanup_buf_ struct buf bytes = { 0 }, got = { 0 };
	_cleanup_free_ struct pod *pod = NULL;

	(void)state;
	pod_record_of(&least, &bytes);
	pod = again(&bytes);
	put_pod(pod, &got);
	check_text("pod", got.data, "a/b []");
	check_text("key", pod->key, "a/b");
}

/* No part of a record is one, and no byte more. */
static void test_cut(void **state)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record;

	(void)state;
	pod_record_of(&whole, &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		/* a copy, so that a sanitizer sees what reads behind it */
		_cleanup_free_ char *copy = malloc(len + 1);
		int r;

		assert_non_null(copy);
		memcpy(copy, bytes.data, len);
		record = (struct pod_record) { 0 };
		r = pod_record_parse(copy, len, &record);
		/* a record that ends between two parts is whole; then it has names */
		if (r == 0)
			assert_true(record.pod && *record.pod->name && *record.pod->namespace_);
		else
			check_int("cut", r, -EINVAL);
		free(record.pod);
	}
	buf_putc(&bytes, 1);
	check_int("a byte more", pod_record_parse(bytes.data, bytes.len, &record), -EINVAL);
}

/* A record of one part more than a namespace and a name. */
static int with_part(unsigned int part, const void *value, size_t len)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };
	int r;

	pod_record_begin(&bytes, POD_RECORD_POD);
	pod_record_text(&bytes, POD_PART_NAMESPACE, "a");
	pod_record_text(&bytes, POD_PART_NAME, "b");
	pod_record_put(&bytes, (enum pod_part)part, value, len);
	r = pod_record_parse(bytes.data, bytes.len, &record);
	free(record.pod);
	return r;
}

#define PART(part, text) with_part(part, text, sizeof(text) - 1)

static void test_values(void **state)
{
	char longest[POD_TEXT_MAX + 1];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	check_int("a UID", PART(POD_PART_UID, "u"), 0);
	check_int("the longest", with_part(POD_PART_UID, longest, POD_TEXT_MAX), 0);
	check_int("a byte more", with_part(POD_PART_UID, longest, POD_TEXT_MAX + 1), -EINVAL);
	check_int("a slash", PART(POD_PART_UID, "u/v"), -EINVAL);
	check_int("a blank", PART(POD_PART_UID, "u v"), -EINVAL);
	check_int("an escape", PART(POD_PART_UID, "\033"), -EINVAL);
	check_int("no ASCII", PART(POD_PART_UID, "\xc3\xa4"), -EINVAL);
	check_int("DEL", PART(POD_PART_UID, "\x7f"), -EINVAL);
	check_int("a zero byte", PART(POD_PART_UID, "u\0v"), -EINVAL);
	check_int("a second name", PART(POD_PART_NAME, "c"), -EINVAL);
	check_int("flags", PART(POD_PART_FLAGS, "\x07"), 0);
	check_int("no flags", PART(POD_PART_FLAGS, ""), -EINVAL);
	check_int("two bytes of flags", PART(POD_PART_FLAGS, "\x01\x01"), -EINVAL);
	check_int("a port", PART(POD_PART_PORT, "\0\1\0\0\0"), 0);
	check_int("half a port", PART(POD_PART_PORT, "\0\1\0\0"), -EINVAL);
	check_int("no protocol", PART(POD_PART_PORT, "\x06\1\0\0\0"), -EINVAL);
	check_int("an address", PART(POD_PART_PORT, "\0\1\0\0\0::1"), 0);
	check_int("no address", PART(POD_PART_PORT, "\0\1\0\0\0 "), -EINVAL);
	check_int("a container", PART(POD_PART_CONTAINER, "\0c"), 0);
	check_int("no name", PART(POD_PART_CONTAINER, "\0"), -EINVAL);
	check_int("no kind", PART(POD_PART_CONTAINER, "\4c"), -EINVAL);
	check_int("an id", PART(POD_PART_ID, "c\0i"), 0);
	check_int("no id", PART(POD_PART_ID, "c\0"), -EINVAL);
	check_int("no container", PART(POD_PART_ID, "\0i"), -EINVAL);
	check_int("no separation", PART(POD_PART_ID, "ci"), -EINVAL);
	check_int("two of them", PART(POD_PART_ID, "c\0i\0j"), -EINVAL);
	check_int("a message, of no pod", PART(POD_PART_MESSAGE, "m"), -EINVAL);
	check_int("an unset part", PART(POD_PART_UNSET, ""), -EINVAL);
	check_int("an unknown part", PART(POD_PART_MAX, ""), -EINVAL);
	check_int("an unknown part", PART(255, ""), -EINVAL);
}

static int put_many(unsigned int part, const char *value, size_t len, size_t n)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };
	int r;

	pod_record_begin(&bytes, POD_RECORD_POD);
	pod_record_text(&bytes, POD_PART_NAMESPACE, "a");
	pod_record_text(&bytes, POD_PART_NAME, "b");
	for (size_t i = 0; i < n; i++)
		pod_record_put(&bytes, (enum pod_part)part, value, len);
	r = pod_record_parse(bytes.data, bytes.len, &record);
	free(record.pod);
	return r;
}

static void test_bounds(void **state)
{
	_cleanup_free_ char *large = calloc(1, POD_RECORD_MAX + 1);
	struct pod_record record;

	(void)state;
	check_int("containers", put_many(POD_PART_CONTAINER, "\0c", 2, POD_CONTAINERS_MAX), 0);
	check_int("one more", put_many(POD_PART_CONTAINER, "\0c", 2, POD_CONTAINERS_MAX + 1),
		  -EINVAL);
	check_int("ports", put_many(POD_PART_PORT, "\0\1\0\0\0", 5, POD_PORTS_MAX), 0);
	check_int("one more", put_many(POD_PART_PORT, "\0\1\0\0\0", 5, POD_PORTS_MAX + 1), -EINVAL);
	check_int("ids", put_many(POD_PART_ID, "c\0i", 3, POD_IDS_MAX), 0);
	check_int("one more", put_many(POD_PART_ID, "c\0i", 3, POD_IDS_MAX + 1), -EINVAL);
	assert_non_null(large);
	large[0] = POD_RECORD_POD;
	check_int("too large", pod_record_parse(large, POD_RECORD_MAX + 1, &record), -EINVAL);
}

/* A port before no container is no container's, so it does not count. */
static void test_loose_port(void **state)
{
	const struct pod_port port = { .container_port = 80, .host_ip = "" };
	const struct pod_container container = { .name = "c" };
	_cleanup_buf_ struct buf bytes = { 0 }, got = { 0 };
	_cleanup_free_ struct pod *pod = NULL;

	(void)state;
	pod_record_begin(&bytes, POD_RECORD_POD);
	pod_record_text(&bytes, POD_PART_NAMESPACE, "a");
	pod_record_text(&bytes, POD_PART_NAME, "b");
	pod_record_port(&bytes, &port);
	pod_record_container(&bytes, &container);
	pod_record_port(&bytes, &port);
	pod = again(&bytes);
	put_pod(pod, &got);
	check_text("pod", got.data, "a/b [] main=c c:80/0>0@");
}

static int parse_message(unsigned int kind, const char *text, size_t len, struct pod_record *record)
{
	_cleanup_buf_ struct buf bytes = { 0 };

	*record = (struct pod_record) { 0 };
	pod_record_begin(&bytes, (enum pod_record_kind)kind);
	if (text)
		pod_record_put(&bytes, POD_PART_MESSAGE, text, len);
	return pod_record_parse(bytes.data, bytes.len, record);
}

static void test_kinds(void **state)
{
	char longest[POD_MESSAGE_MAX + 1];
	struct pod_record record;

	(void)state;
	memset(longest, 'm', sizeof(longest));
	for (unsigned int kind = POD_RECORD_LIST; kind < POD_RECORD_KIND_MAX; kind++) {
		if (kind == POD_RECORD_NODE)
			continue;
		check_int("alone", parse_message(kind, NULL, 0, &record), 0);
		check_int("kind", record.kind, kind);
		check_text("no message", record.message, "");
		assert_null(record.pod);
	}
	check_int("why", parse_message(POD_RECORD_DOWN, "401", 3, &record), 0);
	check_text("why", record.message, "401");
	check_int("longest", parse_message(POD_RECORD_DOWN, longest, POD_MESSAGE_MAX, &record), 0);
	check_u64("longest", strlen(record.message), POD_MESSAGE_MAX);
	check_int("longer", parse_message(POD_RECORD_DOWN, longest, POD_MESSAGE_MAX + 1, &record),
		  -EINVAL);
	check_int("a pod without names", parse_message(POD_RECORD_POD, NULL, 0, &record), -EINVAL);
	check_int("none", parse_message(POD_RECORD_UNSET, NULL, 0, &record), -EINVAL);
	check_int("unknown", parse_message(POD_RECORD_KIND_MAX, NULL, 0, &record), -EINVAL);
	check_int("unknown", parse_message(255, NULL, 0, &record), -EINVAL);
	check_int("nothing", pod_record_parse("", 0, &record), -EINVAL);
}

/* What is gone has the names and the key of a pod. */
static void test_gone(void **state)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	(void)state;
	pod_record_of(&whole, &bytes);
	bytes.data[0] = POD_RECORD_GONE;
	check_int("parse", pod_record_parse(bytes.data, bytes.len, &record), 0);
	check_int("kind", record.kind, POD_RECORD_GONE);
	check_text("key", record.pod->key, "u-1");
	free(record.pod);
}

static void test_other_parts_of_messages(void **state)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record;

	(void)state;
	pod_record_begin(&bytes, POD_RECORD_DOWN);
	pod_record_text(&bytes, POD_PART_MESSAGE, "m");
	pod_record_text(&bytes, POD_PART_MESSAGE, "m");
	check_int("two", pod_record_parse(bytes.data, bytes.len, &record), -EINVAL);
	buf_reset(&bytes);
	pod_record_begin(&bytes, POD_RECORD_LIST);
	pod_record_text(&bytes, POD_PART_UID, "u");
	check_int("a UID", pod_record_parse(bytes.data, bytes.len, &record), -EINVAL);
}

static int node_record(const char *parts, size_t len, struct pod_record *ret_record)
{
	_cleanup_buf_ struct buf bytes = { 0 };

	*ret_record = (struct pod_record) { 0 };
	pod_record_begin(&bytes, POD_RECORD_NODE);
	buf_add(&bytes, parts, len);
	return pod_record_parse(bytes.data, bytes.len, ret_record);
}

#define ROLE	    "\x0a\1\0\1"
#define PLATFORM    "\x0b\3\0aws"
#define CLUSTER	    "\x0c\4\0\4\0\0\1"
#define NODE(parts) node_record(parts, sizeof(parts) - 1, &record)

static void test_node(void **state)
{
	const struct this_node node = { REG_ROLE_WORKER, "baremetal", { 4, 300 } };
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	(void)state;
	pod_record_of_node(&node, &bytes);
	check_int("parse", pod_record_parse(bytes.data, bytes.len, &record), 0);
	check_int("as it was", this_node_same(&record.node, &node), true);
	check_int("whole", NODE(ROLE PLATFORM CLUSTER), 0);
	check_int("its role", record.node.role, REG_ROLE_CONTROL_PLANE);
	check_text("its platform", record.node.platform, "aws");
	check_int("its version", record.node.cluster.minor, 256);
	check_int("in any order", NODE(CLUSTER PLATFORM ROLE), 0);
	check_int("nothing", NODE(""), -EINVAL);
	check_int("no role", NODE(PLATFORM CLUSTER), -EINVAL);
	check_int("no platform", NODE(ROLE CLUSTER), -EINVAL);
	check_int("no version", NODE(ROLE PLATFORM), -EINVAL);
	check_int("two roles", NODE(ROLE ROLE PLATFORM CLUSTER), -EINVAL);
	check_int("an unknown role", NODE("\x0a\1\0\3" PLATFORM CLUSTER), -EINVAL);
	check_int("half a role", NODE("\x0a\0\0" PLATFORM CLUSTER), -EINVAL);
	check_int("half a version", NODE(ROLE PLATFORM "\x0c\2\0\4\0"), -EINVAL);
	check_int("an escape", NODE(ROLE "\x0b\1\0\033" CLUSTER), -EINVAL);
	check_int("a message", NODE(ROLE PLATFORM CLUSTER "\x09\1\0m"), -EINVAL);
	check_int("a name", NODE(ROLE PLATFORM CLUSTER "\2\1\0m"), -EINVAL);
}

/* As long as it may be, and a byte more. */
static void test_platform(void **state)
{
	char part[3 + THIS_NODE_TEXT_MAX + 1] = "\x0b\x3f";

	(void)state;
	memset(part + 3, 'x', THIS_NODE_TEXT_MAX + 1);
	for (size_t more = 0; more < 2; more++) {
		_cleanup_buf_ struct buf bytes = { 0 };
		struct pod_record record = { 0 };

		part[1] = (char)(THIS_NODE_TEXT_MAX + more);
		pod_record_begin(&bytes, POD_RECORD_NODE);
		buf_add(&bytes, part, 3 + THIS_NODE_TEXT_MAX + more);
		buf_add(&bytes, ROLE CLUSTER, sizeof(ROLE CLUSTER) - 1);
		check_int("longest", pod_record_parse(bytes.data, bytes.len, &record),
			  more ? -EINVAL : 0);
		check_u64("its length", strlen(record.node.platform),
			  more ? 0 : THIS_NODE_TEXT_MAX);
	}
}

/* Its parts are no pod's. */
static void test_node_parts_of_pods(void **state)
{
	(void)state;
	check_int("a role", PART(POD_PART_ROLE, "\1"), -EINVAL);
	check_int("a platform", PART(POD_PART_PLATFORM, "aws"), -EINVAL);
	check_int("a version", PART(POD_PART_CLUSTER, "\4\0\4\0"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_loose_port),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_other_parts_of_messages),
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_platform),
		cmocka_unit_test(test_node_parts_of_pods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
