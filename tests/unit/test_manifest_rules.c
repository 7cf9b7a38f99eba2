// SPDX-License-Identifier: MIT
/* Each rule where it must speak, beside where it must not. */
#include "manifest_cases.h"

#define PORTS	"$.spec.containers[0].ports[0]"
#define T_PORTS "$.spec.template.spec.containers[0].ports[0]"

static const struct manifest_case registry_cases[] = {
	/* which ports are the node's */
	{ "no host network", POD(ONE("ports: [{containerPort: 8080}]")), "" },
	{ "host network", POD(HOST ONE("ports: [{containerPort: 8080}]")),
	  "unregistered-port tcp/8080 " PORTS ".containerPort\n" },
	{ "host network false", POD("hostNetwork: false, " ONE("ports: [{containerPort: 8080}]")),
	  "" },
	{ "hostPort", POD(ONE("ports: [{containerPort: 1, hostPort: 8080}]")),
	  "unregistered-port tcp/8080 " PORTS ".hostPort\n" },
	{ "hostPort 0 is none", POD(ONE("ports: [{containerPort: 1, hostPort: 0}]")), "" },
	{ "hostPort null is none", POD(ONE("ports: [{containerPort: 1, hostPort: null}]")), "" },
	{ "both", POD(HOST ONE("ports: [{containerPort: 8080, hostPort: 8080}]")),
	  "unregistered-port tcp/8080 " PORTS ".hostPort\n" },
	/* unregistered */
	{ "registered", POD(HOST ONE("ports: [{containerPort: 9100}]")), "" },
	{ "for another protocol", POD(HOST ONE("ports: [{containerPort: 9102, protocol: UDP}]")),
	  "unregistered-port udp/9102 " PORTS ".containerPort\n" },
	{ "udp", POD(HOST ONE("ports: [{containerPort: 9100, protocol: UDP}]")), "" },
	{ "sctp", POD(HOST ONE("ports: [{containerPort: 9100, protocol: SCTP}]")),
	  "unregistered-port sctp/9100 " PORTS ".containerPort\n" },
	{ "excepted", POD(HOST ONE("ports: [{containerPort: 7000}]")),
	  "unregistered-port tcp/7000 " PORTS
	  ".containerPort (accepted: exception until 2026-11-24: late)\n" },
	{ "exception that is over", POD(HOST ONE("ports: [{containerPort: 7001}]")),
	  "unregistered-port tcp/7001 " PORTS ".containerPort\n" },
	{ "exception for its namespace", POD(HOST ONE("ports: [{containerPort: 7002}]")),
	  "unregistered-port tcp/7002 " PORTS
	  ".containerPort (accepted: exception until 2026-11-24: mine)\n" },
	{ "exception for another one", POD(HOST ONE("ports: [{containerPort: 7003}]")),
	  "unregistered-port tcp/7003 " PORTS ".containerPort\n" },
	/* retired */
	{ "retired", POD(HOST ONE("ports: [{containerPort: 9110}]")),
	  "retired-port tcp/9110 " PORTS ".containerPort\n" },
	/* inactive */
	{ "control-plane row, anywhere", POD(HOST ONE("ports: [{containerPort: 9101}]")),
	  "inactive-port tcp/9101 " PORTS ".containerPort\n" },
	{ "control-plane row, there",
	  POD(HOST ON_CONTROL_PLANE ONE("ports: [{containerPort: 9101}]")), "" },
	{ "worker row, on control plane",
	  POD(HOST ON_CONTROL_PLANE ONE("ports: [{containerPort: 9106}]")),
	  "inactive-port tcp/9106 " PORTS ".containerPort\n" },
	{ "worker row, untolerated control plane", POD(HOST ONE("ports: [{containerPort: 9106}]")),
	  "" },
	{ "control-plane row, a static pod",
	  POD(HOST
	      "priorityClassName: system-node-critical, " ONE("ports: [{containerPort: 9101}]")),
	  "" },
	{ "control-plane row, a pod that is not critical",
	  POD(HOST "tolerations: [{operator: Exists}], " ONE("ports: [{containerPort: 9101}]")),
	  "inactive-port tcp/9101 " PORTS ".containerPort\n" },
	{ "control-plane row, critical but selecting",
	  POD(HOST "priorityClassName: system-node-critical, nodeSelector: {a: b}, " ONE(
		  "ports: [{containerPort: 9101}]")),
	  "inactive-port tcp/9101 " PORTS ".containerPort\n" },
	{ "control-plane row, a node by its name",
	  POD(HOST "nodeName: n, " ONE("ports: [{containerPort: 9101}]")), "" },
	{ "worker row, kept from control planes",
	  POD(HOST "tolerations: [{operator: Exists}], affinity: {nodeAffinity:"
		   " {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:"
		   " [{matchExpressions: [{key: node-role.kubernetes.io/master, operator:"
		   " DoesNotExist}]}]}}}, " ONE("ports: [{containerPort: 9106}]")),
	  "" },
	{ "worker row, tolerating control planes",
	  POD(HOST "nodeSelector: {a: b}, tolerations: [{operator: Exists}], " ONE(
		  "ports: [{containerPort: 9106}]")),
	  "inactive-port tcp/9106 " PORTS ".containerPort\n" },
	{ "the role on which the least is allowed",
	  POD(HOST "nodeSelector: {a: b}, tolerations: [{operator: Exists}], " ONE(
		  "ports: [{containerPort: 9111}]")),
	  "inactive-port tcp/9111 " PORTS ".containerPort\n" },
	{ "on the one role that is left",
	  POD(HOST ON_CONTROL_PLANE ONE("ports: [{containerPort: 9111}]")),
	  "localhost-only-port tcp/9111 " PORTS ".containerPort\n" },
	/* localhost only */
	{ "localhost row, two loopback addresses",
	  POD(HOST ONE("args: ['--listen=127.0.0.1:9102,[::1]:9102'], ports: [{containerPort: "
		       "9102}]")),
	  "" },
	{ "localhost row, one of two addresses",
	  POD(HOST ONE("args: ['--listen=127.0.0.1:9102,10.0.0.1:9102'], ports: [{containerPort: "
		       "9102}]")),
	  "localhost-only-port tcp/9102 " PORTS ".containerPort\n" },
	{ "localhost row", POD(HOST ONE("ports: [{containerPort: 9102}]")),
	  "localhost-only-port tcp/9102 " PORTS ".containerPort\n" },
	{ "localhost row, hostIP",
	  POD(HOST ONE("ports: [{containerPort: 9102, hostIP: 127.0.0.1}]")), "" },
	{ "localhost row, hostIP of IPv6", POD(ONE("ports: [{hostPort: 9102, hostIP: '::1'}]")),
	  "" },
	{ "localhost row, hostIP of a node",
	  POD(ONE("ports: [{hostPort: 9102, hostIP: 10.0.0.1}]")),
	  "localhost-only-port tcp/9102 " PORTS ".hostPort\n" },
	{ "localhost row, argument",
	  POD(HOST ONE("args: ['--bind-address=127.0.0.1:9102'], ports: [{containerPort: 9102}]")),
	  "" },
	{ "localhost row, host and port apart",
	  POD(HOST ONE("args: ['--bind-address=127.0.0.1', --secure-port=9102],"
		       " ports: [{containerPort: 9102}]")),
	  "" },
	{ "localhost row, argument for all",
	  POD(HOST ONE("args: ['--bind-address=:9102'],"
		       " ports: [{containerPort: 9102, hostIP: 127.0.0.1}]")),
	  "localhost-only-port tcp/9102 " PORTS ".containerPort\n" },
	{ "localhost row, argument without an address",
	  POD(HOST ONE("args: [--port=9102], ports: [{containerPort: 9102, hostIP: 127.0.0.1}]")),
	  "" },
	/* documented ranges */
	{ "outside", POD(HOST ONE("ports: [{containerPort: 8000}]")),
	  "outside-documented-range tcp/8000 " PORTS ".containerPort\n" },
	{ "outside, localhost", POD(HOST ONE("ports: [{containerPort: 8001, hostIP: 127.0.0.1}]")),
	  "" },
	{ "outside, external row, localhost",
	  POD(HOST ONE("ports: [{containerPort: 8000, hostIP: 127.0.0.1}]")), "" },
	/* owners */
	{ "owner", WORKLOAD("DaemonSet", "agent", HOST ONE("ports: [{containerPort: 9103}]")), "" },
	{ "another name",
	  WORKLOAD("DaemonSet", "agents", HOST ONE("ports: [{containerPort: 9103}]")),
	  "wrong-owner tcp/9103 " T_PORTS ".containerPort\n" },
	{ "another container",
	  WORKLOAD("DaemonSet", "agent",
		   HOST "containers: [" CONTAINER("d", "ports: [{containerPort: 9103}]") "]"),
	  "wrong-owner tcp/9103 " T_PORTS ".containerPort\n" },
	{ "another namespace",
	  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\n" TEMPLATE(
		  HOST ONE("ports: [{containerPort: 9103}]")) "\n",
	  "wrong-owner tcp/9103 " T_PORTS ".containerPort\n" },
	{ "an empty namespace is none given",
	  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent, namespace: "
	  "\"\"}\n" TEMPLATE(HOST ONE("ports: [{containerPort: 9112}]")) "\n",
	  "" },
	{ "pods whose names another program chooses",
	  "apiVersion: x/v1\nkind: Thing\nmetadata: {name: bundle.v4.16.0, namespace: "
	  "ns}\n" TEMPLATE(HOST ONE("ports: [{containerPort: 9103}]")) "\n",
	  "" },
	{ "and are in another namespace",
	  "apiVersion: x/v1\nkind: Thing\nmetadata: {name: agent}\n" TEMPLATE(
		  HOST ONE("ports: [{containerPort: 9103}]")) "\n",
	  "wrong-owner tcp/9103 " T_PORTS ".containerPort\n" },
	{ "only * stands for others",
	  WORKLOAD("DaemonSet", "agent", HOST ONE("ports: [{containerPort: 9113}]")),
	  "wrong-owner tcp/9113 " T_PORTS ".containerPort\n" },
	{ "a pod is no unit", POD(HOST ONE("ports: [{containerPort: 9107}]")),
	  "wrong-owner tcp/9107 " PORTS ".containerPort\n" },
	{ "a path may be its own", POD(HOST ONE("ports: [{containerPort: 9108}]")), "" },
	{ "owner of the second row", POD(HOST ONE("ports: [{containerPort: 9109}]")), "" },
	{ "owner excepted",
	  WORKLOAD("DaemonSet", "guest", HOST ONE("ports: [{containerPort: 9107}]")),
	  "wrong-owner tcp/9107 " T_PORTS
	  ".containerPort (accepted: exception until 2026-11-24: shared)\n" },
};

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
	{ "argument of a declared port",
	  POD(HOST ONE("args: ['--metrics-bind-address=:9100'], ports: [{containerPort: 9100}]")),
	  "" },
	{ "argument", POD(HOST ONE("args: ['--metrics-bind-address=:9100']")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[0]\n" },
	{ "argument on localhost",
	  POD(HOST ONE("command: [x, '--secure-listen-address=127.0.0.1:1']")),
	  "undeclared-argument tcp/1 $.spec.containers[0].command[1]\n" },
	{ "argument in a pod's own network", POD(ONE("args: ['--metrics-bind-address=:9100']")),
	  "" },
	{ "argument, off",
	  POD(HOST ONE("args: [--port=0, --metrics-bind-address=, --secure-port]")), "" },
	{ "a client's host and port", POD(HOST ONE("args: [--host=db.example, --port=3306]")), "" },
	{ "a client's addresses",
	  POD(HOST ONE("args: ['--address=https://vault.example:8200', '-addr=redis.ns.svc:6379',"
		       " '--host=db:5432', --http-addr, 'consul:8500']")),
	  "" },
	{ "addresses with variables, and of localhost",
	  POD(HOST ONE("args: ['--address=$(IP):1', '--addr=localhost:2', '--host=[::1]:3',"
		       " '--listen=$(NODE).example:4']")),
	  "undeclared-argument tcp/1 $.spec.containers[0].args[0]\n"
	  "undeclared-argument tcp/2 $.spec.containers[0].args[1]\n"
	  "undeclared-argument tcp/3 $.spec.containers[0].args[2]\n"
	  "undeclared-argument tcp/4 $.spec.containers[0].args[3]\n" },
	{ "a server's host and port", POD(HOST ONE("args: [--host=0.0.0.0, --port=3306]")),
	  "undeclared-argument tcp/3306 $.spec.containers[0].args[1]\n" },
	{ "argument in the next word", POD(HOST ONE("args: [--port, '9100', --secure-port, --x]")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[1]\n" },
	{ "arguments of clients",
	  POD(HOST ONE("args: ['--upstream=http://127.0.0.1:8080/', '--kubeconfig=/x:1',"
		       " '--server=https://h:6443', '--etcd-servers=https://h:2379']")),
	  "" },
	{ "variable",
	  POD(HOST ONE("env: [{name: P, value: '9100'}, {name: A, value: '127.0.0.1:$(P)'}],"
		       " args: ['--listen=$(A)']")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[0]\n" },
	{ "variable from elsewhere",
	  POD(HOST ONE(
		  "env: [{name: P, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}],"
		  " args: ['--secure-listen-address=$(P):9100', '--port=$(P)', '--port=$(Q)']")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[0]\n" },
	{ "script",
	  POD(HOST ONE("env: [{name: P, value: '9100'}], command: [/bin/bash, -ec,"
		       " \"x --no\\n# --port 1\\nexec y \\\\\\n  --secure-port \\\"${P}\\\" "
		       "--port=${Q:-7};"
		       " z --port\"]")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].command[2]\n"
	  "undeclared-argument tcp/7 $.spec.containers[0].command[2]\n" },
	{ "addresses alone",
	  POD(HOST ONE("command: [server, ':1', '0.0.0.0:2', '[::]:3', '*:4'], args: ['--x', ':5',"
		       " '--y=0.0.0.0:6', '127.0.0.1:7']")),
	  "undeclared-argument tcp/1 $.spec.containers[0].command[1]\n"
	  "undeclared-argument tcp/2 $.spec.containers[0].command[2]\n"
	  "undeclared-argument tcp/3 $.spec.containers[0].command[3]\n"
	  "undeclared-argument tcp/4 $.spec.containers[0].command[4]\n"
	  "undeclared-argument tcp/5 $.spec.containers[0].args[1]\n"
	  "undeclared-argument tcp/6 $.spec.containers[0].args[2]\n" },
	{ "an address that is declared",
	  POD(HOST ONE("command: [server, ':9100'], ports: [{containerPort: 9100}]")), "" },
	{ "words that are no address",
	  POD(HOST ONE(
		  "command: [server, '8080', ':1/x', 'h:1', '10.0.0.1:80', ':', ':0', ':70000',"
		  " '0.0.0.0', '::', ':80:90', '/x:1', 'http://0.0.0.0:80', '0.0.0.0:$(P)'],"
		  " args: ['--x=10.0.0.1:80', '--y=h:1']")),
	  "" },
	{ "an address alone in a script",
	  POD(HOST ONE("command: [sh, -c, 'echo :80; x 0.0.0.0:81']")), "" },
	{ "what a script looks for",
	  POD(HOST ONE(
		  "command: [sh, -c, 'while lsof -i :1; do ss -ltn | grep -q :2; done; x :3']")),
	  "" },
	{ "addresses in a script",
	  POD(HOST ONE("command: [sh, -c, 'x --flag :1; y -flag=:2; z -listen :3']")),
	  "undeclared-argument tcp/1 $.spec.containers[0].command[2]\n"
	  "undeclared-argument tcp/2 $.spec.containers[0].command[2]\n"
	  "undeclared-argument tcp/3 $.spec.containers[0].command[2]\n" },
	{ "argument, excepted", POD(HOST ONE("args: [--port=7004]")),
	  "undeclared-argument tcp/7004 $.spec.containers[0].args[0] (accepted: exception until "
	  "2026-11-24: soon)\n" },
	{ "probe, excepted", POD(HOST ONE("livenessProbe: {grpc: {port: 7004}}")),
	  "undeclared-port tcp/7004 $.spec.containers[0].livenessProbe.grpc.port (accepted: "
	  "exception "
	  "until 2026-11-24: soon)\n" },
	{ "no script", POD(HOST ONE("command: [x, -c, 'y --port=1']")), "" },
};

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

#define ANNOTATED(annotations, spec)                                                               \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {" annotations                \
	"}}\nspec: {" spec "}\n"
#define KEY(name) "$.metadata.annotations['ignore.hostportd.io/" name "']"

static const struct manifest_case annotation_cases[] = {
	{ "of a rule",
	  ANNOTATED("ignore.hostportd.io/unregistered-port: why",
		    HOST ONE("ports: [{containerPort: 80}]")),
	  "unregistered-port tcp/80 " PORTS ".containerPort (accepted: why)\n" },
	{ "of a port",
	  ANNOTATED("ignore.hostportd.io/unregistered-port.80: why",
		    HOST ONE("ports: [{containerPort: 80}, {containerPort: 81}]")),
	  "unregistered-port tcp/80 " PORTS ".containerPort (accepted: why)\n"
	  "unregistered-port tcp/81 $.spec.containers[0].ports[1].containerPort\n" },
	{ "of another port",
	  ANNOTATED("ignore.hostportd.io/unregistered-port.81: why",
		    HOST ONE("ports: [{containerPort: 80}]")),
	  "bad-annotation " KEY("unregistered-port.81") "\n"
							"unregistered-port tcp/80 " PORTS
							".containerPort\n" },
	{ "of another rule",
	  ANNOTATED("ignore.hostportd.io/retired-port: why",
		    HOST ONE("ports: [{containerPort: 80}]")),
	  "bad-annotation " KEY("retired-port") "\n"
						"unregistered-port tcp/80 " PORTS
						".containerPort\n" },
	{ "without a reason",
	  ANNOTATED("ignore.hostportd.io/unregistered-port: ' '",
		    HOST ONE("ports: [{containerPort: 80}]")),
	  "bad-annotation " KEY("unregistered-port") "\n"
						     "unregistered-port tcp/80 " PORTS
						     ".containerPort\n" },
	{ "of no rule", ANNOTATED("ignore.hostportd.io/nonsense: why", ONE("")),
	  "bad-annotation " KEY("nonsense") "\n" },
	{ "of no port", ANNOTATED("ignore.hostportd.io/retired-port.x: why", ONE("")),
	  "bad-annotation " KEY("retired-port.x") "\n" },
	{ "others' annotations", ANNOTATED("ignore-check.kube-linter.io/x: why, a/b: c", ONE("")),
	  "" },
	{ "of the template",
	  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec:\n  template:\n"
	  "    metadata: {annotations: {ignore.hostportd.io/unregistered-port: why}}\n    spec: "
	  "{" HOST ONE("ports: [{containerPort: 80}]") "}\n",
	  "unregistered-port tcp/80 " T_PORTS ".containerPort (accepted: why)\n" },
	{ "on what takes no port",
	  OBJECT("v1", "ConfigMap", "c", "data: {}") "---\napiVersion: v1\nkind: "
						     "ConfigMap\nmetadata: {name: c, annotations:"
						     " {ignore.hostportd.io/template: why}}\n",
	  "bad-annotation " KEY("template") "\n" },
};

static void run(const struct manifest_case *cases, size_t n)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	manifest_run(&options, cases, n);
}

static void test_registry(void **state)
{
	(void)state;
	run(registry_cases, ARRAY_LEN(registry_cases));
}

static void test_declared(void **state)
{
	(void)state;
	run(declared_cases, ARRAY_LEN(declared_cases));
}

static void test_invalid(void **state)
{
	(void)state;
	run(invalid_cases, ARRAY_LEN(invalid_cases));
}

static void test_annotations(void **state)
{
	(void)state;
	run(annotation_cases, ARRAY_LEN(annotation_cases));
}

/* Each rule has its id, its sentence and its help; ids are not given twice. */
static void test_table(void **state)
{
	const struct rules *rules = manifest_rules();

	(void)state;
	check_int("rules", (long long)rules->len, RULE_MAX);
	for (size_t i = 0; i < rules->len; i++) {
		const struct rule *rule = &rules->items[i];

		check_int(rule->id, rules_find(rules, rule->id) == rule, true);
		check_int(rule->id, rule->summary && rule->help && !strchr(rule->id, '.'), true);
		check_int(rule->id, rule->severity > SEVERITY_NOTE, true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry), cmocka_unit_test(test_declared),
		cmocka_unit_test(test_invalid),	 cmocka_unit_test(test_annotations),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
