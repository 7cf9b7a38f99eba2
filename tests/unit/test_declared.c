// SPDX-License-Identifier: MIT
/* Ports of probes and handlers that a pod on the host network declares, or not. */
#include "manifest_cases.h"

static const struct manifest_case declared_cases[] = {
	{ "probe of a declared port",
	  POD(HOST ONE("ports: [{containerPort: 9100}], livenessProbe: {httpGet: {port: 9100}}")),
	  "" },
	{ "probe of none", POD(HOST ONE("livenessProbe: {httpGet: {port: 9100}}")),
	  "undeclared-port tcp/9100 $.spec.containers[0].livenessProbe.httpGet.port\n" },
	{ "probe of the UDP port",
	  POD(HOST ONE("ports: [{containerPort: 9100, protocol: UDP}],"
		       " readinessProbe: {tcpSocket: {port: 9100}}")),
	  "undeclared-port tcp/9100 $.spec.containers[0].readinessProbe.tcpSocket.port\n" },
	{ "probe in a pod's own network", POD(ONE("livenessProbe: {httpGet: {port: 9100}}")), "" },
	{ "probe of a name",
	  POD(HOST ONE("ports: [{containerPort: 9100, name: m}],"
		       " startupProbe: {httpGet: {port: m}}")),
	  "" },
	{ "probe of no name",
	  POD(HOST ONE(
		  "ports: [{containerPort: 9100, name: m}], startupProbe: {httpGet: {port: x}}")),
	  "undeclared-port $.spec.containers[0].startupProbe.httpGet.port\n" },
	{ "probe of a number in quotes",
	  POD(HOST ONE("ports: [{containerPort: 9100}], livenessProbe: {httpGet: {port: '9100'}}")),
	  "" },
	{ "grpc", POD(HOST ONE("livenessProbe: {grpc: {port: 9100}}")),
	  "undeclared-port tcp/9100 $.spec.containers[0].livenessProbe.grpc.port\n" },
	{ "handlers",
	  POD(HOST ONE(
		  "lifecycle: {postStart: {httpGet: {port: 1}}, preStop: {tcpSocket: {port: 2}}}")),
	  "undeclared-port tcp/1 $.spec.containers[0].lifecycle.postStart.httpGet.port\n"
	  "undeclared-port tcp/2 $.spec.containers[0].lifecycle.preStop.tcpSocket.port\n" },
	{ "probe of another host",
	  POD(HOST ONE("livenessProbe: {httpGet: {host: example.org, port: 443}}")), "" },
	{ "probe of localhost",
	  POD(HOST ONE("livenessProbe: {httpGet: {host: 127.0.0.1, port: 443}}")),
	  "undeclared-port tcp/443 $.spec.containers[0].livenessProbe.httpGet.port\n" },
	{ "declared by another container",
	  POD(HOST "containers: [" CONTAINER(
		  "a", "livenessProbe: {httpGet: {port: 9100}}") ", " CONTAINER("b",
										"ports: "
										"[{containerPort: "
										"9100}]") "]"),
	  "" },
	{ "probe, excepted", POD(HOST ONE("livenessProbe: {grpc: {port: 7004}}")),
	  "undeclared-port tcp/7004 $.spec.containers[0].livenessProbe.grpc.port (accepted: "
	  "exception "
	  "until 2026-11-24: soon)\n" },
};

static void test_declared(void **state)
{
	(void)state;
	manifest_run(declared_cases, ARRAY_LEN(declared_cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
