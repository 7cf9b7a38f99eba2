// SPDX-License-Identifier: MIT
/* Ports of pods that Services have or may get. */
#include "manifest_cases.h"

#include "../../user/checks/manifest/node_port.h"

#define SERVICE(port)                                                                              \
	OBJECT("v1", "Service", "s",                                                               \
	       "spec: {type: NodePort, ports: [{port: 80, nodePort: " port "}]}")
#define PORTS "$.spec.containers[0].ports[0]"

static const struct manifest_pair pairs[] = {
	{ "a Service's, in the range", POD(HOST ONE("ports: [{containerPort: 30080}]")),
	  SERVICE("30080"),
	  "unregistered-port tcp/30080 " PORTS ".containerPort\nnode-port tcp/30080 " PORTS
	  ".containerPort\n" },
	{ "a Service's, out of the range", POD(ONE("ports: [{hostPort: 9100}]")), SERVICE("9100"),
	  "node-port tcp/9100 " PORTS ".hostPort\n" },
	{ "another port", POD(ONE("ports: [{hostPort: 9100}]")), SERVICE("9101"), "" },
	{ "another protocol", POD(ONE("ports: [{hostPort: 9100, protocol: UDP}]")), SERVICE("9100"),
	  "" },
	{ "no port of the node", POD(ONE("ports: [{containerPort: 9100}]")), SERVICE("9100"), "" },
	{ "a pod that has ended", POD(ONE("ports: [{hostPort: 9100}]")) "status: {phase: Failed}\n",
	  SERVICE("9100"), "" },
	{ "chosen by the API server", POD(ONE("ports: [{hostPort: 9100}]")), SERVICE("0"), "" },
};

static void test_services(void **state)
{
	(void)state;
	manifest_run_pairs(pairs, ARRAY_LEN(pairs));
}

#define NO_ROW(port)                                                                               \
	"4 unregistered-port: tcp " port                                                           \
	" of Pod ns/p, container c: no row of the registry names the "                             \
	"port -> add a row: {ports: " port ", protocol: tcp, process: c}, or take a port of the "  \
	"documented range 9000-9999\n"

static const struct manifest_case word_cases[] = {
	{ "before the range", POD(HOST ONE("ports: [{containerPort: 29999}]")), NO_ROW("29999") },
	{ "the first", POD(HOST ONE("ports: [{containerPort: 30000}]")),
	  NO_ROW("30000") "4 node-port: tcp 30000 of Pod ns/p, container c: it is in the NodePort "
			  "range 30000-32767: a Service may get it on all nodes -> take another "
			  "port\n" },
	{ "the last", POD(HOST ONE("ports: [{containerPort: 32767}]")),
	  NO_ROW("32767") "4 node-port: tcp 32767 of Pod ns/p, container c: it is in the NodePort "
			  "range 30000-32767: a Service may get it on all nodes -> take another "
			  "port\n" },
	{ "after the range", POD(HOST ONE("ports: [{containerPort: 32768}]")), NO_ROW("32768") },
	{ "a Service's", POD(ONE("ports: [{hostPort: 9100}]")) "---\n" SERVICE("9100"),
	  "4 node-port: tcp 9100 of Pod ns/p, container c: Service ns/s has it as nodePort on all "
	  "nodes -> take another port\n" },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
