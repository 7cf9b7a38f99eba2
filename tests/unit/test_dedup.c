// SPDX-License-Identifier: MIT
/* Replicas of one workload, as a cluster has them: what they share is found once. */
#include "manifest_cases.h"

/* A pod with a controller, on a node, and what more its metadata has. */
#define MADE_IN(namespace, name, kind, maker, more, node, containers)                              \
	"---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name                                   \
	", namespace: " namespace ", ownerReferences: [{kind: " kind ", name: " maker              \
				  ", controller: true}], " more "}\nspec: {nodeName: " node        \
				  ", " HOST "containers: [" containers "]}\n"
#define OF(name, maker, node, containers)                                                          \
	MADE_IN("ns", name, "DaemonSet", maker, "", node, containers)
#define HASHED(name, maker, hash, node)                                                            \
	MADE_IN("ns", name, "ReplicaSet", maker, "labels: {pod-template-hash: " hash "}", node, C80)
#define ACCEPTED(name, maker, node)                                                                \
	MADE_IN("ns", name, "DaemonSet", maker,                                                    \
		"annotations: {ignore.hostportd.io/unregistered-port: why}", node, C80)
#define ALONE(name, node, containers)                                                              \
	"---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", namespace: ns}\n"              \
	"spec: {nodeName: " node ", " HOST "containers: [" containers "]}\n"

#define TAKES(container, port) CONTAINER(container, "ports: [{containerPort: " port "}]")
#define C80		       TAKES("c", "80")
#define C9100		       TAKES("c", "9100")
#define PORT0		       " $.spec.containers[0].ports[0].containerPort"
#define FOUND		       "unregistered-port tcp/80" PORT0 "\n"
#define CLASH		       "port-conflict tcp/9100" PORT0 "\n"
#define PROBES(a, b)                                                                               \
	CONTAINER("c", "livenessProbe: {tcpSocket: {port: " a                                      \
		       "}}, readinessProbe: {tcpSocket: {port: " b "}}")
#define PROBE(port, what) "undeclared-port" port " $.spec.containers[0]." what ".tcpSocket.port\n"
#define ARGUMENT	  CONTAINER("c", "args: ['--listen=:9120']")

static const struct manifest_case cases[] = {
	{ "replicas", OF("a", "d", "m", C80) OF("b", "d", "n", C80) OF("c", "d", "o", C80), FOUND },
	{ "two workloads", OF("a", "d", "m", C80) OF("b", "e", "n", C80), FOUND FOUND },
	{ "a name that starts alike", OF("a", "d", "m", C80) OF("b", "dd", "n", C80), FOUND FOUND },
	{ "another kind of controller",
	  OF("a", "d", "m", C80) MADE_IN("ns", "b", "StatefulSet", "d", "", "n", C80),
	  FOUND FOUND },
	{ "another namespace",
	  OF("a", "d", "m", C80) MADE_IN("other", "b", "DaemonSet", "d", "", "n", C80),
	  FOUND FOUND },
	{ "names that run into one another",
	  MADE_IN("nsd", "a", "DaemonSet", "x", "", "m", C80)
		  MADE_IN("ns", "b", "DaemonSet", "dx", "", "n", C80),
	  FOUND FOUND },
	{ "another container", OF("a", "d", "m", C80) OF("b", "d", "n", TAKES("x", "80")),
	  FOUND FOUND },
	{ "another port", OF("a", "d", "m", C80) OF("b", "d", "n", TAKES("c", "81")),
	  FOUND "unregistered-port tcp/81" PORT0 "\n" },
	{ "another protocol",
	  OF("a", "d", "m", C80)
		  OF("b", "d", "n", CONTAINER("c", "ports: [{containerPort: 80, protocol: UDP}]")),
	  FOUND "unregistered-port udp/80" PORT0 "\n" },
	{ "no controller", ALONE("a", "m", C80) ALONE("b", "n", C80), FOUND FOUND },
	{ "static pods",
	  MADE_IN("ns", "a", "Node", "m", "", "m", C80)
		  MADE_IN("ns", "b", "Node", "m", "", "n", C80),
	  FOUND FOUND },
	{ "workloads of one operator",
	  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, ownerReferences: [{kind: X,"
	  " name: x, controller: true}]}\nspec: {template: {spec: {nodeName: m, " HOST
	  "containers: [" C80 "]}}}\n---\n"
	  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: b, ownerReferences: [{kind: X,"
	  " name: x, controller: true}]}\nspec: {template: {spec: {nodeName: n, " HOST
	  "containers: [" C80 "]}}}\n",
	  "unregistered-port tcp/80 $.spec.template.spec.containers[0].ports[0].containerPort\n"
	  "unregistered-port tcp/80 $.spec.template.spec.containers[0].ports[0].containerPort\n" },
	{ "a ReplicaSet", HASHED("a", "d-5f", "5f", "m") HASHED("b", "d-5f", "5f", "n"), FOUND },
	{ "two ReplicaSets of a Deployment",
	  HASHED("a", "d-5f", "5f", "m") HASHED("b", "d-6b", "6b", "n"), FOUND },
	{ "ReplicaSets of two Deployments",
	  HASHED("a", "d-5f", "5f", "m") HASHED("b", "e-5f", "5f", "n"), FOUND FOUND },
	{ "ReplicaSets of no Deployment",
	  HASHED("a", "d-5f", "x", "m") HASHED("b", "d-6b", "x", "n"), FOUND FOUND },
	{ "accepted at all", ACCEPTED("a", "d", "m") ACCEPTED("b", "d", "n"),
	  "unregistered-port tcp/80" PORT0 " (accepted: why)\n" },
	{ "accepted at the first alone", ACCEPTED("a", "d", "m") OF("b", "d", "n", C80),
	  "unregistered-port tcp/80" PORT0 " (accepted: why)\n" FOUND },
	{ "two probes of a port",
	  OF("a", "d", "m", PROBES("81", "81")) OF("b", "d", "n", PROBES("81", "81")),
	  PROBE(" tcp/81", "livenessProbe") },
	{ "probes of names",
	  OF("a", "d", "m", PROBES("x", "y")) OF("b", "d", "n", PROBES("y", "z")),
	  PROBE("", "livenessProbe") PROBE("", "readinessProbe") PROBE("", "readinessProbe") },
	{ "arguments", OF("a", "d", "m", ARGUMENT) OF("b", "d", "n", ARGUMENT),
	  "undeclared-argument tcp/9120 $.spec.containers[0].args[0]\n" },
	{ "two containers of a pod",
	  OF("a", "d", "m", C9100 ", " TAKES("x", "9100"))
		  OF("b", "d", "n", C9100 ", " TAKES("x", "9100")),
	  "port-conflict tcp/9100 $.spec.containers[1].ports[0].containerPort\n" },
	{ "two that meet on each node, in either order",
	  OF("a", "d", "m", C9100) OF("b", "e", "m", C9100) OF("c", "e", "n", C9100)
		  OF("e", "d", "n", C9100),
	  CLASH },
	{ "three that meet",
	  OF("a", "d", "m", C9100) OF("b", "e", "m", C9100) OF("c", "d", "n", C9100)
		  OF("e", "f", "n", C9100),
	  CLASH CLASH },
	{ "with one of no controller",
	  ALONE("s", "m", C9100) OF("a", "d", "m", C9100) ALONE("t", "n", C9100)
		  OF("b", "d", "n", C9100),
	  CLASH CLASH },
};

static void test_cases(void **state)
{
	(void)state;
	manifest_run(cases, ARRAY_LEN(cases));
}

/* It is the first one's, in the order of reading; the others are counted as pods. */
static void test_first(void **state)
{
	static const char *const texts[] = {
		OF("z", "d", "m", C80),
		OF("a", "d", "n", C80),
	};
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_findings_ struct findings findings = { 0 };
	struct manifest_counts counts;

	(void)state;
	manifest_check(&options, texts, ARRAY_LEN(texts), &findings, &counts);
	check_int("findings", (long long)findings.len, 1);
	check_text("file", findings.items[0].file, "1.yaml");
	check_int("pods", (long long)counts.pods, 2);
}

/* What was found in the files before a reset is found again. */
static void test_reset(void **state)
{
	static const char text[] = OF("a", "d", "m", C80);
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;

	(void)state;
	check_int("new", check_new(&options, &check), 0);
	for (int i = 0; i < 2; i++) {
		_cleanup_findings_ struct findings findings = { 0 };

		check_int("file", check_file(check, "f", text, strlen(text)), 0);
		check_int("finish", check_finish(check, &findings), 0);
		check_int("findings", (long long)findings.len, 1);
		check_reset(check);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
