// SPDX-License-Identifier: MIT
#include "../../user/pods/node_ports.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "pod_texts.h"

static struct pod_container containers[] = {
	{ "web", POD_CONTAINER_MAIN },
	{ "proxy", POD_CONTAINER_SIDECAR },
};

/* A pod of a source, as its record has it. */
static void put(struct pod_source *source, struct pod pod)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	pod.namespace_ = "ns";
	pod.uid = pod.uid ? pod.uid : pod.name;
	pod.mirror_of = "";
	pod.containers = containers;
	pod.containers_len = 2;
	pod_record_of(&pod, &bytes);
	assert_int_equal(pod_record_parse(bytes.data, bytes.len, &record), 0);
	assert_int_equal(pod_table_apply(&source->table, &record, 1), 0);
}

/* Each entry in a few words. */
static void check_ports(const char *name, const struct pods *pods, const char *want)
{
	_cleanup_node_ports_ struct node_ports ports = { 0 };
	_cleanup_buf_ struct buf got = { 0 };

	assert_int_equal(node_ports_collect(pods, &ports), 0);
	for (size_t i = 0; i < ports.len; i++) {
		const struct node_ports_entry *e = &ports.list[i];

		buf_printf(&got, "%s%u:%u %s/%s", i ? ", " : "", e->port->protocol,
			   pod_node_port(e->pod, e->port), e->pod->name,
			   e->pod->containers[e->port->container].name);
		if (e->family)
			buf_printf(&got, " at %s", e->port->host_ip);
	}
	check_text(name, got.data ? got.data : "", want);
	check_u64(name, ports.left_out, 0);
}

static void test_collect(void **state)
{
	struct pod_port host[] = {
		{ HP_PROTO_TCP, 9200, 9200, 0, "" },
		{ HP_PROTO_UDP, 53, 0, 1, "" }, /* on the host's network it is the node's */
	};
	struct pod_port own[] = {
		{ HP_PROTO_TCP, 80, 8080, 0, "" },
		{ HP_PROTO_TCP, 81, 0, 0, "" }, /* the pod's own port alone */
		{ HP_PROTO_TCP, 443, 9200, 1, "10.0.0.1" },
	};
	const struct pod on_host = {
		.name = "a", .host_network = true, .ports = host, .ports_len = 2
	};
	struct pod other = { .name = "b", .ports = own, .ports_len = 3 };
	struct pods pods = { .len = 2 };

	(void)state;
	check_ports("none", &pods, "");
	put(&pods.sources[1], other);
	check_ports("hostPorts", &pods, "0:8080 b/web, 0:9200 b/proxy at 10.0.0.1");
	put(&pods.sources[1], on_host);
	check_ports("of the host's network", &pods,
		    "0:8080 b/web, 0:9200 a/web, 0:9200 b/proxy at 10.0.0.1, 1:53 a/proxy");
	put(&pods.sources[0], on_host);
	check_ports("of two sources", &pods,
		    "0:8080 b/web, 0:9200 a/web, 0:9200 b/proxy at 10.0.0.1, 1:53 a/proxy");
	pod_table_remove(&pods.sources[0].table, "a", 2);
	pod_table_remove(&pods.sources[1].table, "a", 2);
	check_ports("gone", &pods, "0:8080 b/web, 0:9200 b/proxy at 10.0.0.1");
	other.ended = true;
	put(&pods.sources[1], other);
	check_ports("ended", &pods, "");
	pods_free(&pods);
}

/* Of a pod that two sources tell of, the first one's are taken. */
static void test_first(void **state)
{
	struct pod_port port = { HP_PROTO_TCP, 80, 8080, 0, "" };
	struct pod pod = { .name = "a", .ports = &port, .ports_len = 1 };
	_cleanup_node_ports_ struct node_ports ports = { 0 };
	struct pods pods = { .len = 2 };

	(void)state;
	pod.uid = "second";
	put(&pods.sources[1], pod);
	pod.uid = "first";
	put(&pods.sources[0], pod);
	assert_int_equal(node_ports_collect(&pods, &ports), 0);
	check_u64("once", ports.len, 1);
	check_text("whose", ports.list[0].pod->uid, "first");
	pods_free(&pods);
}

static void test_at(void **state)
{
	struct pod_port many[POD_PORTS_MAX];
	struct pod pod = { .name = "a", .ports = many, .ports_len = ARRAY_LEN(many) };
	_cleanup_node_ports_ struct node_ports ports = { 0 };
	const struct node_ports_entry *found;
	struct pods pods = { .len = 1 };
	size_t len;

	(void)state;
	assert_null(node_ports_at(&ports, HP_PROTO_TCP, 1, &len));
	check_u64("none", len, 0);
	for (uint16_t i = 0; i < ARRAY_LEN(many); i++) /* odd ports, from the highest */
		many[i] = (struct pod_port) { HP_PROTO_TCP, 80,
					      (uint16_t)(2 * ARRAY_LEN(many) - 2U * i - 1), 0, "" };
	put(&pods.sources[0], pod);
	many[0].protocol = HP_PROTO_UDP;
	many[0].host_port = 7;
	pod.name = "b";
	pod.ports_len = 2; /* udp 7 and one of those above */
	put(&pods.sources[0], pod);
	assert_int_equal(node_ports_collect(&pods, &ports), 0);
	check_u64("all", ports.len, ARRAY_LEN(many) + 2);
	for (uint16_t port = 0; port <= 2 * ARRAY_LEN(many); port++) {
		size_t want = port % 2;

		want += port == 2 * ARRAY_LEN(many) - 3;
		found = node_ports_at(&ports, HP_PROTO_TCP, port, &len);
		check_u64("entries", len, want);
		assert_true(!found == !want);
		for (size_t i = 0; i < len; i++)
			check_u64("port", found[i].port->host_port, port);
	}
	found = node_ports_at(&ports, HP_PROTO_UDP, 7, &len);
	check_u64("udp", len, 1);
	check_text("whose", found->pod->name, "b");
	assert_null(node_ports_at(&ports, HP_PROTO_UDP, 9, &len));
	assert_null(node_ports_at(&ports, HP_PROTO_SCTP, 7, &len));
	pods_free(&pods);
}

/* What is too much is counted. */
static void test_bound(void **state)
{
	struct pod_port many[POD_PORTS_MAX];
	struct pod pod = { .ports = many, .ports_len = ARRAY_LEN(many) };
	_cleanup_node_ports_ struct node_ports ports = { 0 };
	struct pods pods = { .len = 1 };
	char name[16];

	(void)state;
	for (uint16_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = (struct pod_port) { HP_PROTO_TCP, 80, (uint16_t)(i + 1), 0, "" };
	pod.name = name;
	for (unsigned int i = 0; i <= NODE_PORTS_MAX / POD_PORTS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "p%u", i);
		put(&pods.sources[0], pod);
	}
	assert_int_equal(node_ports_collect(&pods, &ports), 0);
	check_u64("taken", ports.len, NODE_PORTS_MAX);
	check_u64("left out", ports.left_out, POD_PORTS_MAX);
	pods_free(&pods);
}

/* The address that a port is for: none is every one, in whichever way it is written. */
static void test_addresses(void **state)
{
	static const struct {
		const char *host_ip, *address; /* of the entry; NULL: every address */
		uint8_t scope;
	} cases[] = {
		{ "", NULL, HP_SCOPE_EXTERNAL },
		{ "0.0.0.0", NULL, HP_SCOPE_EXTERNAL },
		{ "::", NULL, HP_SCOPE_EXTERNAL },
		{ "::ffff:0.0.0.0", NULL, HP_SCOPE_EXTERNAL },
		{ "nonsense", NULL, HP_SCOPE_EXTERNAL },
		{ "10.0.0.1", "10.0.0.1", HP_SCOPE_EXTERNAL },
		{ "::ffff:10.0.0.1", "10.0.0.1", HP_SCOPE_EXTERNAL },
		{ "127.0.0.2", "127.0.0.2", HP_SCOPE_LOCALHOST },
		{ "::1", "::1", HP_SCOPE_LOCALHOST },
		{ "2001:db8::1", "2001:db8::1", HP_SCOPE_EXTERNAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pod_port port = { HP_PROTO_TCP, 80, 8080, 1, cases[i].host_ip };
		const struct pod pod = { .name = "a", .ports = &port, .ports_len = 1 };
		_cleanup_node_ports_ struct node_ports ports = { 0 };
		const struct node_ports_entry *e;
		struct pods pods = { .len = 1 };
		char text[INET6_ADDRSTRLEN] = "";

		put(&pods.sources[0], pod);
		assert_int_equal(node_ports_collect(&pods, &ports), 0);
		check_u64(cases[i].host_ip, ports.len, 1);
		e = &ports.list[0];
		if (e->family)
			assert_non_null(inet_ntop(e->family == 4 ? AF_INET : AF_INET6, e->addr,
						  text, sizeof(text)));
		check_text(cases[i].host_ip, *text ? text : NULL, cases[i].address);
		check_u64(cases[i].host_ip, e->scope, cases[i].scope);
		check_u64(cases[i].host_ip, e->number, 8080);
		pods_free(&pods);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_collect),	  cmocka_unit_test(test_first),
		cmocka_unit_test(test_at),	  cmocka_unit_test(test_bound),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
