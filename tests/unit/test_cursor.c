// SPDX-License-Identifier: MIT
/* Ports that Kubernetes does not accept, and where they stand. */
#include "manifest_cases.h"

#define PORTS "$.spec.containers[0].ports[0]"

static const struct manifest_case invalid_cases[] = {
	{ "out of range", POD(HOST ONE("ports: [{containerPort: 65536}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "largest", POD(ONE("ports: [{containerPort: 65535}]")), "" },
	{ "zero", POD(ONE("ports: [{containerPort: 0}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "negative", POD(ONE("ports: [{containerPort: -1}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "text", POD(ONE("ports: [{containerPort: '80'}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "tagged as text", POD(ONE("ports: [{containerPort: !!str 80}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "word", POD(ONE("ports: [{containerPort: http}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "list", POD(ONE("ports: [{containerPort: [80]}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "octal", POD(ONE("ports: [{containerPort: 010}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "protocol", POD(ONE("ports: [{containerPort: 80, protocol: tcp}]")),
	  "invalid-port " PORTS ".protocol\n" },
	{ "not the same on the host network",
	  POD(HOST ONE("ports: [{containerPort: 9100, hostPort: 9120}]")),
	  "invalid-port tcp/9120 " PORTS ".hostPort\n" },
	{ "not the same elsewhere", POD(ONE("ports: [{containerPort: 1, hostPort: 9100}]")), "" },
	{ "of a probe", POD(HOST ONE("livenessProbe: {httpGet: {port: 0}}")),
	  "invalid-port $.spec.containers[0].livenessProbe.httpGet.port\n" },
	{ "placeholder",
	  POD(ONE("ports: [{containerPort: '{{ port }}'}, {containerPort: \"${P}\"}]")),
	  "template " PORTS ".containerPort\n" },
};

static void test_invalid(void **state)
{
	(void)state;
	manifest_run(invalid_cases, ARRAY_LEN(invalid_cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
