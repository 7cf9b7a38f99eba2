// SPDX-License-Identifier: MIT
/* Ports of probes and handlers that a pod on the host network declares, or not. */
#include "manifest_cases.h"

#include "../../user/checks/manifest/declared.h"

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
	{ "UDP arguments",
	  POD(HOST ONE("args: ['--statsd.listen-udp=:9125', '--listen=udp://0.0.0.0:9126',"
		       " --listen-tcp=:9127, '--udp-port=9128'], ports: [{containerPort: 9127}]")),
	  "undeclared-argument udp/9125 $.spec.containers[0].args[0]\n"
	  "undeclared-argument udp/9126 $.spec.containers[0].args[1]\n"
	  "undeclared-argument udp/9128 $.spec.containers[0].args[3]\n" },
	{ "UDP arguments that are declared",
	  POD(HOST ONE(
		  "args: ['--listen-udp=:9100'], ports: [{containerPort: 9100, protocol: UDP}]")),
	  "" },
	{ "variables, after arguments and probes",
	  POD(HOST ONE(
		  "env: [{name: prometheus_server, value: ':9120'}, {name: METRICS_PORT, value: "
		  "'9121'}, {name: HTTP_PORT, value: '9100'}, {name: GRPC_PORT, value: '9122'}],"
		  " args: ['--port=9121'], ports: [{containerPort: 9100}],"
		  " livenessProbe: {grpc: {port: 9122}}")),
	  "undeclared-variable tcp/9120 $.spec.containers[0].env[0].value\n"
	  "undeclared-argument tcp/9121 $.spec.containers[0].args[0]\n"
	  "undeclared-port tcp/9122 $.spec.containers[0].livenessProbe.grpc.port\n" },
	{ "two probes of a port",
	  POD(HOST ONE("livenessProbe: {httpGet: {port: 9100}}, readinessProbe: {httpGet: {port: "
		       "9100}}, args: ['--port=9100', '--listen=:9100']")),
	  "undeclared-port tcp/9100 $.spec.containers[0].livenessProbe.httpGet.port\n" },
	{ "two probes of a name, and of another",
	  POD(HOST ONE("livenessProbe: {httpGet: {port: a}}, readinessProbe: {httpGet: {port: a}},"
		       " startupProbe: {httpGet: {port: b}}")),
	  "undeclared-port $.spec.containers[0].livenessProbe.httpGet.port\n"
	  "undeclared-port $.spec.containers[0].startupProbe.httpGet.port\n" },
	{ "one port of each protocol",
	  POD(HOST ONE("args: ['--port=9100', '--udp-port=9100', '--listen=:9100']")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[0]\n"
	  "undeclared-argument udp/9100 $.spec.containers[0].args[1]\n" },
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

#define NO_ROW		 "; no row of the registry names the port"
#define ROW(proto, more) ", and add a row: {ports: 6, protocol: " proto ", process: c" more "}"
#define RANGE		 ", or take a port of the documented range 9000-9999"

static const struct manifest_case word_cases[] = {
	{ "a number", POD(HOST ONE("livenessProbe: {httpGet: {port: 6}}")),
	  "4 undeclared-port: livenessProbe of Pod ns/p, container c, needs port 6, which no "
	  "container declares" NO_ROW " -> declare `- {containerPort: 6}`" ROW("tcp", "") RANGE
	  "\n" },
	{ "a name", POD(HOST ONE("startupProbe: {httpGet: {port: web}}")),
	  "4 undeclared-port: startupProbe of Pod ns/p, container c, names port \"web\", which no "
	  "container declares -> give the declared port the name, `name: web`, or declare it\n" },
	{ "an argument", POD(HOST ONE("args: [--port=6]")),
	  "4 undeclared-argument: --port has container c of Pod ns/p listen on port 6, which no "
	  "container declares" NO_ROW " -> declare `- {containerPort: 6}`" ROW("tcp", "") RANGE
	  "\n" },
	{ "a probe on localhost",
	  POD(HOST ONE("livenessProbe: {httpGet: {host: 127.0.0.1, port: 9102}}, readinessProbe: "
		       "{httpGet: {host: 127.0.0.1, port: 9102}}")),
	  "4 undeclared-port: livenessProbe of Pod ns/p, container c, needs port 9102, which no "
	  "container declares -> declare `- {containerPort: 9102, hostIP: 127.0.0.1}`\n" },
	{ "a probe of a port that an argument has on localhost",
	  POD(HOST ONE("livenessProbe: {tcpSocket: {port: 9102}}, args: ['--listen=[::1]:9102']")),
	  "4 undeclared-port: livenessProbe of Pod ns/p, container c, needs port 9102, which no "
	  "container declares -> declare `- {containerPort: 9102, hostIP: 127.0.0.1}`\n" },
	{ "a probe on localhost of a port that an argument has everywhere",
	  POD(HOST ONE("livenessProbe: {httpGet: {host: localhost, port: 9100}}, args: "
		       "['--listen=:9100']")),
	  "4 undeclared-port: livenessProbe of Pod ns/p, container c, needs port 9100, which no "
	  "container declares -> declare `- {containerPort: 9100}`\n" },
	{ "of another role", POD(HOST ONE("args: ['--port=9101']")),
	  "4 undeclared-argument: --port has container c of Pod ns/p listen on port 9101, which "
	  "no container declares; row t tcp 9101 (cp) is for control-plane nodes only, and no node "
	  "selector or affinity keeps it from worker nodes -> declare `- {containerPort: 9101}`, "
	  "and give it the node selector `node-role.kubernetes.io/control-plane: \"\"`, or take "
	  "another port\n" },
	{ "of another owner", POD(HOST ONE("livenessProbe: {grpc: {port: 9107}}")),
	  "4 undeclared-port: livenessProbe of Pod ns/p, container c, needs port 9107, which no "
	  "container declares; row t tcp 9107 (host) belongs to unit host.service -> declare "
	  "`- {containerPort: 9107}`, and take another port, or add an owner to the row: "
	  "{namespace: ns, pod: \"p\", container: c}\n" },
	{ "retired", POD(HOST ONE("args: ['--port=9110']")),
	  "4 undeclared-argument: --port has container c of Pod ns/p listen on port 9110, which "
	  "no container declares; row t tcp 9110 (old) was removed in 4.10, and the "
	  "cluster's version is not stated -> declare "
	  "`- {containerPort: 9110}`, and take another port, or add an entry: {ports: 9110, "
	  "protocol: tcp, process: c}\n" },
	{ "registered for localhost: where it listens is not known",
	  POD(HOST ONE("args: ['--port=9102']")),
	  "4 undeclared-argument: --port has container c of Pod ns/p listen on port 9102, which "
	  "no container declares -> declare `- {containerPort: 9102}`\n" },
	{ "excepted", POD(HOST ONE("args: ['--port=7000']")),
	  "4 undeclared-argument: --port has container c of Pod ns/p listen on port 7000, which "
	  "no container declares -> declare `- {containerPort: 7000}`\n" },
	{ "a variable", POD(HOST ONE("env: [{name: HEALTH_ADDR, value: '127.0.0.1:9102'}]")),
	  "4 undeclared-variable: variable HEALTH_ADDR may have container c of Pod ns/p listen on "
	  "port 9102 of localhost, which no container declares -> declare `- {containerPort: 9102, "
	  "hostIP: 127.0.0.1}`\n" },
	{ "an argument of UDP", POD(HOST ONE("args: ['--listen-udp=:6']")),
	  "4 undeclared-argument: --listen-udp has container c of Pod ns/p listen on UDP port 6, "
	  "which no container declares" NO_ROW
	  " -> declare `- {containerPort: 6, protocol: UDP}`" ROW("udp", "") RANGE "\n" },
	{ "an argument on localhost", POD(HOST ONE("args: ['--listen=127.0.0.1:6']")),
	  "4 undeclared-argument: --listen has container c of Pod ns/p listen on port 6 of "
	  "localhost, which no container declares" NO_ROW
	  " -> declare `- {containerPort: 6, hostIP: 127.0.0.1}`" ROW("tcp",
								      ", scope: localhost") "\n" },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
}

/* How a port is declared: each protocol, here and everywhere. */
static void test_how(void **state)
{
	static const struct {
		uint8_t proto;
		bool localhost;
		const char *want;
	} ways[] = {
		{ HP_PROTO_TCP, false, "declare `- {containerPort: 7}`" },
		{ HP_PROTO_TCP, true, "declare `- {containerPort: 7, hostIP: 127.0.0.1}`" },
		{ HP_PROTO_UDP, false, "declare `- {containerPort: 7, protocol: UDP}`" },
		{ HP_PROTO_SCTP, false, "declare `- {containerPort: 7, protocol: SCTP}`" },
		{ HP_PROTO_UDP, true,
		  "declare `- {containerPort: 7, protocol: UDP, hostIP: 127.0.0.1}`" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		declared_how(7, ways[i].proto, ways[i].localhost, &out);
		check_text("how", out.data, ways[i].want);
	}
}

/* By its name a port is found whatever its number is, and the other way round. */
static void test_has(void **state)
{
	struct port second = { .number = 81, .proto = HP_PROTO_UDP, .name = "b" };
	struct port first = { .next = &second, .number = 80, .proto = HP_PROTO_TCP };
	struct port third = { .number = 82, .proto = HP_PROTO_TCP, .name = "c" };
	struct container other = { .ports = &third };
	struct container container = { .next = &other, .ports = &first };
	const struct pod pod = { .containers = &container };
	static const struct {
		const char *name;
		uint16_t number;
		uint8_t proto;
		bool has;
	} asked[] = {
		{ NULL, 80, HP_PROTO_TCP, true },  { NULL, 80, HP_PROTO_UDP, false },
		{ NULL, 81, HP_PROTO_UDP, true },  { NULL, 82, HP_PROTO_TCP, true },
		{ NULL, 83, HP_PROTO_TCP, false }, { "b", 0, HP_PROTO_UDP, true },
		{ "b", 0, HP_PROTO_TCP, false },   { "c", 80, HP_PROTO_TCP, true },
		{ "a", 80, HP_PROTO_TCP, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		if (declared_has(&pod, asked[i].name, asked[i].number, asked[i].proto) !=
		    asked[i].has)
			fail_msg("question %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declared),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_how),
		cmocka_unit_test(test_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
