// SPDX-License-Identifier: MIT
/* Who can meet on a node with the same port. */
#include "manifest_cases.h"

#include "../../user/checks/manifest/conflict.h"

#define CLASH "port-conflict tcp/9100 $.spec.template.spec.containers[0].ports[0].containerPort\n"
#define PORT  HOST ONE("ports: [{containerPort: 9100}]")
#define NODES(expressions)                                                                         \
	"affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"                \
	" {nodeSelectorTerms: [" expressions "]}}}, "
#define APART_BY(topology, labels)                                                                 \
	"affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"             \
	" [{topologyKey: " topology ", labelSelector: {matchLabels: {" labels "}}}]}}, "
#define APART(labels) APART_BY("kubernetes.io/hostname", labels)
#define POD_CLASH     "port-conflict tcp/9100 $.spec.containers[0].ports[0].containerPort\n"

#define MADE(kind, name)                                                                           \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns, ownerReferences: [{kind: "  \
	"x,"                                                                                       \
	" name: y}, {kind: " kind ", name: " name ", controller: true}]}\nspec: {" PORT "}\n"

#define DS(name, spec)	    WORKLOAD("DaemonSet", name, spec)

#define IN_B		    "$.spec.template.spec.containers[0]"
#define LIVENESS	    "livenessProbe: {httpGet: {port: 9120}}"
#define LIVENESS_UNDECLARED "undeclared-port tcp/9120 " IN_B ".livenessProbe.httpGet.port\n"
#define SURGES		    "possible-endless-rollout tcp/9100 $.spec\n"

static const struct manifest_pair pair_cases[] = {
	{ "two that meet", DS("a", PORT), DS("b", PORT), CLASH },
	{ "another port", DS("a", PORT), DS("b", HOST ONE("ports: [{containerPort: 9120}]")), "" },
	{ "another protocol", DS("a", PORT),
	  DS("b", HOST ONE("ports: [{containerPort: 9100, protocol: UDP}]")), "" },
	{ "other addresses", DS("a", ONE("ports: [{hostPort: 9100, hostIP: 10.0.0.1}]")),
	  DS("b", ONE("ports: [{hostPort: 9100, hostIP: 10.0.0.2}]")), "" },
	{ "an address and all", DS("a", ONE("ports: [{hostPort: 9100, hostIP: 10.0.0.1}]")),
	  DS("b", PORT), CLASH },
	{ "all, written out", DS("a", ONE("ports: [{hostPort: 9100, hostIP: 10.0.0.1}]")),
	  DS("b", HOST ONE("ports: [{containerPort: 9100, hostIP: 0.0.0.0}]")), CLASH },
	{ "addresses of arguments",
	  DS("a",
	     HOST ONE("args: ['--listen-address=127.0.0.1:9100'], ports: [{containerPort: 9100}]")),
	  DS("b",
	     HOST ONE("args: ['--listen-address=[$(IP)]:9100'], ports: [{containerPort: 9100}]")),
	  "" },
	{ "hostPort and host network", DS("a", ONE("ports: [{hostPort: 9100}]")), DS("b", PORT),
	  CLASH },
	{ "the same object", DS("a", PORT), DS("a", PORT), "" },
	{ "a pod and what made it", DS("a", PORT), MADE("DaemonSet", "a"), "" },
	{ "a pod and what made its maker", WORKLOAD("Deployment", "a", PORT),
	  MADE("ReplicaSet", "a-5d4f8c7b9b"), "" },
	{ "a pod and something else", DS("a", PORT), MADE("DaemonSet", "b"),
	  "port-conflict tcp/9100 $.spec.containers[0].ports[0].containerPort\n" },
	{ "two pods of one maker", MADE("DaemonSet", "a"),
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: q, namespace: ns, ownerReferences:"
	  " [{kind: DaemonSet, name: a, controller: true}]}\nspec: {" PORT "}\n",
	  "" },
	{ "a pod of a DeploymentConfig", WORKLOAD("DeploymentConfig", "a", PORT),
	  MADE("ReplicationController", "a-1"), "" },
	{ "a pod of a CronJob",
	  OBJECT("batch/v1", "CronJob", "a",
		 "spec: {jobTemplate: {spec: {template: {spec: {" PORT "}}}}}"),
	  MADE("Job", "a-29000000"), "" },
	{ "a pod of another kind of maker", WORKLOAD("Deployment", "a", PORT),
	  MADE("ReplicationController", "a-1"), POD_CLASH },
	{ "a maker without a hash", WORKLOAD("Deployment", "a", PORT), MADE("ReplicaSet", "ab-1"),
	  POD_CLASH },
	{ "a maker whose name only begins so", WORKLOAD("Deployment", "a", PORT),
	  MADE("ReplicaSet", "b-a-1"), POD_CLASH },
	{ "a maker of the same name in another namespace", DS("a", PORT),
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: o, ownerReferences: [{kind: "
	  "DaemonSet, name: a, controller: true}]}\nspec: {" PORT "}\n",
	  POD_CLASH },
	{ "a pod before what made it", MADE("DaemonSet", "a"), DS("a", PORT), "" },
	{ "a pod before what made its maker", MADE("ReplicaSet", "a-5d4f8c7b9b"),
	  WORKLOAD("Deployment", "a", PORT), "" },
	{ "pods of two ReplicaSets of a Deployment", MADE("ReplicaSet", "a-5d4f8c7b9b"),
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: q, namespace: ns, ownerReferences:"
	  " [{kind: ReplicaSet, name: a-6f, controller: true}]}\nspec: {" PORT "}\n",
	  POD_CLASH },
	{ "the same object in another namespace", DS("a", PORT),
	  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, namespace: o}\n" TEMPLATE(
		  PORT),
	  CLASH },
	{ "a pod that has failed", DS("a", PORT), POD(PORT) "status: {phase: Failed}\n", "" },
	{ "the first pod has ended", POD(PORT) "status: {phase: Succeeded}\n", DS("a", PORT), "" },
	{ "a pod that waits", DS("a", PORT), POD(PORT) "status: {phase: Pending}\n", POD_CLASH },
	{ "a port that is only the first one's container's",
	  DS("a", ONE("ports: [{containerPort: 9100}]")), DS("b", PORT), "" },
	{ "a port of the first one's pod, beside one of the node",
	  DS("a", ONE("ports: [{hostPort: 9120, containerPort: 80}, {containerPort: 9100}]")),
	  DS("b", PORT), "" },
	{ "anti-affinity by zone", DS("a", APART_BY("topology.kubernetes.io/zone", "app: a") PORT),
	  DS("b", PORT), CLASH },
	{ "anti-affinity by region",
	  DS("a", APART_BY("topology.kubernetes.io/region", "app: a") PORT), DS("b", PORT), CLASH },
	{ "DoesNotExist before In",
	  DS("a", NODES("{matchExpressions: [{key: d, operator: DoesNotExist}]}") PORT),
	  DS("b", NODES("{matchExpressions: [{key: d, operator: In, values: [x]}]}") PORT), "" },
	{ "two static pods of one node", MADE("Node", "n"),
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: q, namespace: ns, ownerReferences:"
	  " [{kind: Node, name: n, controller: true}]}\nspec: {" PORT "}\n",
	  "port-conflict tcp/9100 $.spec.containers[0].ports[0].containerPort\n" },
	{ "a pod of a maker whose name goes on", WORKLOAD("Deployment", "a", PORT),
	  MADE("ReplicaSet", "a-api-5d4f8c7b9b"),
	  "port-conflict tcp/9100 $.spec.containers[0].ports[0].containerPort\n" },
	{ "a pod that has ended", DS("a", PORT), POD(PORT) "status: {phase: Succeeded}\n", "" },
	{ "a pod that runs", DS("a", PORT), POD(PORT) "status: {phase: Running}\n",
	  "port-conflict tcp/9100 $.spec.containers[0].ports[0].containerPort\n" },
	{ "the same name of another kind", DS("a", PORT), WORKLOAD("Deployment", "a", PORT),
	  CLASH },
	{ "selectors that contradict", DS("a", "nodeSelector: {d: x}, " PORT),
	  DS("b", "nodeSelector: {d: y}, " PORT), "" },
	{ "selectors that don't", DS("a", "nodeSelector: {d: x}, " PORT),
	  DS("b", "nodeSelector: {e: y}, " PORT), CLASH },
	{ "one that selects", DS("a", "nodeSelector: {d: x}, " PORT), DS("b", PORT), CLASH },
	{ "roles", DS("a", ON_CONTROL_PLANE PORT), DS("b", PORT), "" },
	{ "roles, tolerated", DS("a", ON_CONTROL_PLANE PORT),
	  DS("b", "tolerations: [{operator: Exists}], " PORT), CLASH },
	{ "roles, by its key", DS("a", ON_CONTROL_PLANE PORT),
	  DS("b", "tolerations: [{key: node-role.kubernetes.io/master, operator: Exists,"
		  " effect: NoSchedule}], " PORT),
	  CLASH },
	{ "another toleration", DS("a", ON_CONTROL_PLANE PORT),
	  DS("b", "tolerations: [{key: gpu, operator: Exists}, {operator: Exists, effect: "
		  "NoExecute}], " PORT),
	  "" },
	{ "affinity, In",
	  DS("a", NODES("{matchExpressions: [{key: d, operator: In, values: [x, y]}]}") PORT),
	  DS("b", NODES("{matchExpressions: [{key: d, operator: In, values: [z]}]}") PORT), "" },
	{ "affinity, In with one in common",
	  DS("a", NODES("{matchExpressions: [{key: d, operator: In, values: [x, y]}]}") PORT),
	  DS("b", NODES("{matchExpressions: [{key: d, operator: In, values: [z, y]}]}") PORT),
	  CLASH },
	{ "affinity, one of two terms",
	  DS("a", NODES("{matchExpressions: [{key: d, operator: In, values: [x]}]},"
			" {matchExpressions: [{key: e, operator: Exists}]}") PORT),
	  DS("b", "nodeSelector: {d: y}, " PORT), CLASH },
	{ "affinity, NotIn",
	  DS("a", NODES("{matchExpressions: [{key: d, operator: NotIn, values: [x]}]}") PORT),
	  DS("b", "nodeSelector: {d: x}, " PORT), "" },
	{ "affinity, DoesNotExist", DS("a", "nodeSelector: {d: x}, " PORT),
	  DS("b", NODES("{matchExpressions: [{key: d, operator: DoesNotExist}]}") PORT), "" },
	{ "affinity, Gt is not understood",
	  DS("a", NODES("{matchExpressions: [{key: d, operator: Gt, values: ['5']}]}") PORT),
	  DS("b", NODES("{matchExpressions: [{key: d, operator: In, values: ['4']}]}") PORT),
	  CLASH },
	{ "affinity without control planes", DS("a", ON_CONTROL_PLANE PORT),
	  DS("b", "tolerations: [{operator: Exists}], " NODES(
			  "{matchExpressions: [{key: node-role.kubernetes.io/control-plane,"
			  " operator: DoesNotExist}]}") PORT),
	  "" },
	{ "preferred affinity keeps nobody apart", DS("a", "nodeSelector: {d: x}, " PORT),
	  DS("b",
	     "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution:"
	     " [{preference: {matchExpressions: [{key: d, operator: In, values: [y]}]}}]}}, " PORT),
	  CLASH },
	{ "nodes by name", DS("a", "nodeName: x, " PORT), DS("b", "nodeName: y, " PORT), "" },
	{ "a node by name", DS("a", "nodeName: x, " PORT), DS("b", "nodeName: x, " PORT), CLASH },
	{ "anti-affinity", DS("a", APART("app: a") PORT), DS("b", PORT), "" },
	{ "anti-affinity of the other", DS("a", PORT), DS("b", APART("app: a") PORT), "" },
	/* ports that nobody declares */
	{ "an argument's port", DS("a", PORT), DS("b", HOST ONE("args: ['--port=9100']")),
	  "undeclared-argument tcp/9100 " IN_B ".args[0]\nport-conflict tcp/9100 " IN_B
	  ".args[0]\n" },
	{ "arguments' other addresses", DS("a", HOST ONE("args: ['--listen=127.0.0.1:9120']")),
	  DS("b", HOST ONE("args: ['--listen=10.0.0.1:9120']")),
	  "undeclared-argument tcp/9120 " IN_B ".args[0]\nundeclared-argument tcp/9120 " IN_B
	  ".args[0]\n" },
	{ "two liveness ports", DS("a", HOST ONE(LIVENESS)), DS("b", HOST ONE(LIVENESS)),
	  LIVENESS_UNDECLARED LIVENESS_UNDECLARED "port-conflict tcp/9120 " IN_B
						  ".livenessProbe.httpGet.port\n" },
	{ "a liveness port and one that is declared", DS("a", HOST ONE(LIVENESS)),
	  DS("b", HOST ONE("ports: [{containerPort: 9120}]")), LIVENESS_UNDECLARED },
	{ "variables are not sure", DS("a", HOST ONE("env: [{name: PORT, value: '9120'}]")),
	  DS("b", HOST ONE("ports: [{containerPort: 9120}]")),
	  "undeclared-variable tcp/9120 " IN_B ".env[0].value\n" },
	{ "anti-affinity to others", DS("a", APART("app: z") PORT), DS("b", PORT), CLASH },
};

static void test_pairs(void **state)
{
	(void)state;
	manifest_run_pairs(pair_cases, ARRAY_LEN(pair_cases));
}

#define P2	   "$.spec.containers[1].ports[0]"
#define MANY(a, b) POD(HOST "containers: [" a ", " b "]")
#define INIT(a, b) POD(HOST "initContainers: [" a ", " b "], containers: []")
#define DECLARES   "ports: [{containerPort: 9100}]"

static const struct manifest_case one_pod_cases[] = {
	{ "two containers", MANY(CONTAINER("a", DECLARES), CONTAINER("b", DECLARES)),
	  "port-conflict tcp/9100 " P2 ".containerPort\n" },
	{ "two containers' other addresses",
	  MANY(CONTAINER("a", "ports: [{containerPort: 9100, hostIP: 127.0.0.1}]"),
	       CONTAINER("b", "ports: [{containerPort: 9100, hostIP: 10.0.0.1}]")),
	  "" },
	{ "two in their own network",
	  POD("containers: [" CONTAINER("a", DECLARES) ", " CONTAINER("b", DECLARES) "]"), "" },
	{ "a port of the node and one of the pod",
	  POD("containers: [" CONTAINER(
		  "a",
		  "ports: [{hostPort: 9100, containerPort: 80}]") ", " CONTAINER("b",
										 DECLARES) "]"),
	  "" },
	{ "one container twice",
	  POD(HOST ONE("ports: [{containerPort: 9100}, {containerPort: 9100}]")),
	  "port-conflict tcp/9100 $.spec.containers[0].ports[1].containerPort\n" },
	{ "an init container",
	  POD(HOST "initContainers: [" CONTAINER("a", DECLARES) "], " ONE(DECLARES)), "" },
	{ "a sidecar",
	  POD(HOST "initContainers: [" CONTAINER("a", "restartPolicy: Always, " DECLARES) "], " ONE(
		  DECLARES)),
	  "port-conflict tcp/9100 $.spec.containers[0].ports[0].containerPort\n" },
	{ "init containers one by one", INIT(CONTAINER("a", DECLARES), CONTAINER("b", DECLARES)),
	  "" },
	{ "a sidecar and the init container after it",
	  INIT(CONTAINER("a", "restartPolicy: Always, " DECLARES), CONTAINER("b", DECLARES)),
	  "port-conflict tcp/9100 $.spec.initContainers[1].ports[0].containerPort\n" },
	{ "a sidecar and the init container before it",
	  INIT(CONTAINER("a", DECLARES), CONTAINER("b", "restartPolicy: Always, " DECLARES)), "" },
	{ "an ephemeral container",
	  POD(HOST ONE(DECLARES) ", ephemeralContainers: [" CONTAINER("e", DECLARES) "]"),
	  "port-conflict tcp/9100 $.spec.ephemeralContainers[0].ports[0].containerPort\n" },
	{ "an init container that declares a port twice waits for nobody",
	  POD(HOST "initContainers: [" CONTAINER(
		  "a", "ports: [{containerPort: 9100}, {containerPort: 9100}]") "], " ONE("")),
	  "port-conflict tcp/9100 $.spec.initContainers[0].ports[1].containerPort\n" },
	{ "two sidecars",
	  INIT(CONTAINER("a", "restartPolicy: Always, " DECLARES),
	       CONTAINER("b", "restartPolicy: Always, " DECLARES)),
	  "port-conflict tcp/9100 $.spec.initContainers[1].ports[0].containerPort\n" },
	{ "an init container and an ephemeral one",
	  POD(HOST "initContainers: [" CONTAINER("a", DECLARES) "], " ONE(
		  "") ", ephemeralContainers: [" CONTAINER("e", DECLARES) "]"),
	  "" },
	{ "another restart policy makes no sidecar",
	  POD(HOST "initContainers: [" CONTAINER(
		  "a", "restartPolicy: OnFailure, " DECLARES) "], " ONE(DECLARES)),
	  "" },
	{ "two of each protocol",
	  POD(HOST ONE("ports: [{containerPort: 9100, protocol: UDP}, {containerPort: 9100}, "
		       "{containerPort: 9100}, {containerPort: 9100, protocol: UDP}]")),
	  "port-conflict tcp/9100 $.spec.containers[0].ports[2].containerPort\n"
	  "port-conflict udp/9100 $.spec.containers[0].ports[3].containerPort\n" },
	{ "ports between them",
	  POD(HOST ONE("ports: [{containerPort: 9120}, {containerPort: 9100}, {containerPort: "
		       "9121}, {containerPort: 9120}]")),
	  "port-conflict tcp/9120 $.spec.containers[0].ports[3].containerPort\n" },
	{ "replicas are kept apart",
	  OBJECT("apps/v1", "Deployment", "d",
		 "spec: {replicas: 2, strategy: {type: Recreate}, template: {spec: {" ONE(
			 "ports: [{hostPort: 9100}]") "}}}"),
	  "" },
	{ "accepted by the first one's annotation",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns, annotations:"
	  " {ignore.hostportd.io/port-conflict.9100: why}}\nspec: {" PORT "}\n---\n" DS("a", PORT),
	  "port-conflict tcp/9100 $.spec.template.spec.containers[0].ports[0].containerPort"
	  " (accepted: why)\n" },
	{ "accepted by the second one's annotation",
	  DS("a", PORT) "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations:"
			" {ignore.hostportd.io/port-conflict: why}}\nspec: {" PORT "}\n",
	  "port-conflict tcp/9100 $.spec.containers[0].ports[0].containerPort (accepted: why)\n" },
};

static void test_one_pod(void **state)
{
	(void)state;
	manifest_run(one_pod_cases, ARRAY_LEN(one_pod_cases));
}

/* Each later claim names the first one that it clashes with. */
static const struct manifest_case word_cases[] = {
	{ "two workloads", DS("a", PORT) "---\n" DS("b", PORT),
	  "9 port-conflict: DaemonSet ns/b, container c, claims tcp 9100, which DaemonSet ns/a on "
	  "the same node, container c, claims as well (1.yaml:4) -> give one of them another port, "
	  "or keep them on different nodes\n" },
	{ "three workloads", DS("a", PORT) "---\n" DS("b", PORT) "---\n" DS("c", PORT),
	  "9 port-conflict: DaemonSet ns/b, container c, claims tcp 9100, which DaemonSet ns/a on "
	  "the same node, container c, claims as well (1.yaml:4) -> give one of them another port, "
	  "or keep them on different nodes\n"
	  "14 port-conflict: DaemonSet ns/c, container c, claims tcp 9100, which DaemonSet ns/a on "
	  "the same node, container c, claims as well (1.yaml:4) -> give one of them another port, "
	  "or keep them on different nodes\n" },
	{ "three: the first two don't meet",
	  DS("a", "nodeName: m, " PORT) "---\n" DS("b", "nodeName: n, " PORT) "---\n" DS(
		  "c", "nodeName: n, " PORT),
	  "14 port-conflict: DaemonSet ns/c, container c, claims tcp 9100, which DaemonSet ns/b on "
	  "the same node, container c, claims as well (1.yaml:9) -> give one of them another port, "
	  "or keep them on different nodes\n" },
	{ "on a node, before one that may be on any",
	  DS("a", "nodeName: m, " PORT) "---\n" DS("b", PORT) "---\n" DS("c", "nodeName: m, " PORT),
	  "9 port-conflict: DaemonSet ns/b, container c, claims tcp 9100, which DaemonSet ns/a on "
	  "the same node, container c, claims as well (1.yaml:4) -> give one of them another port, "
	  "or keep them on different nodes\n"
	  "14 port-conflict: DaemonSet ns/c, container c, claims tcp 9100, which DaemonSet ns/a on "
	  "the same node, container c, claims as well (1.yaml:4) -> give one of them another port, "
	  "or keep them on different nodes\n" },
	{ "the first is one that may be on any node",
	  DS("a", PORT) "---\n" DS("b", "nodeName: m, " PORT),
	  "9 port-conflict: DaemonSet ns/b, container c, claims tcp 9100, which DaemonSet ns/a on "
	  "the same node, container c, claims as well (1.yaml:4) -> give one of them another port, "
	  "or keep them on different nodes\n" },
	{ "one pod",
	  POD(HOST "containers: [" CONTAINER(
		  "a",
		  "ports: [{containerPort: 9100, protocol: "
		  "UDP}]") ",\n" CONTAINER("b",
					   "ports: [{containerPort: 9100, protocol: UDP}]") "]"),
	  "5 port-conflict: Pod ns/p, container b, claims udp 9100, which the same pod, container "
	  "a, "
	  "claims as well (1.yaml:4) -> give one of them another port\n" },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
}

/* Pods with addresses of their own claim one port: each pair costs one step, and the last one is
 * spared. On nodes of their own, no pair costs any. */
static void test_bound(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	enum { PODS = 40, PAIRS = PODS * (PODS - 1) / 2 };

	(void)state;
	for (int i = 0; i < PODS; i++)
		buf_printf(
			&text,
			"---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {" HOST ONE(
				"ports: [{containerPort: 9100, hostIP: 10.0.0.%d}]") "}\n",
			i, i);
	check_int("new", check_new(&options, &check), 0);
	check_int("file", check_file(check, "f", text.data, text.len), 0);
	check_int("enough", conflict_check(check, PAIRS + 1), 0);
	check_int("enough", (long long)check->findings.len, 0);
	check_int("used up", conflict_check(check, PAIRS), 0);
	check_int("used up", (long long)check->findings.len, 1);
	check_text("rule", check->findings.items[0].rule->id, "broken-manifest");
	check_text("message", check->findings.items[0].message,
		   "too many claims of the same ports to compare all of them");
	check_reset(check);
	buf_reset(&text);
	for (int i = 0; i < PODS; i++)
		buf_printf(&text,
			   "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: "
			   "{nodeName: n%d, " PORT "}\n",
			   i, i);
	check_int("nodes", check_file(check, "f", text.data, text.len), 0);
	check_int("nodes", conflict_check(check, 1), 0);
	check_int("nodes", (long long)check->findings.len, 0);
}

/* The bound that a check has: two long lists of values that have none in common. */
static void test_bound_of_check(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	static const int lens[] = { 1000, 8300 };

	(void)state;
	assert_true((size_t)lens[0] * (size_t)lens[0] < CONFLICT_STEPS_MAX / 2);
	assert_true((size_t)lens[1] * (size_t)lens[1] > CONFLICT_STEPS_MAX);
	for (size_t k = 0; k < ARRAY_LEN(lens); k++) {
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
		const char *texts[1];

		for (int pod = 0; pod < 2; pod++) {
			buf_printf(&text,
				   "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {",
				   pod);
			buf_puts(&text, "affinity: {nodeAffinity: "
					"{requiredDuringSchedulingIgnoredDuringExecution: "
					"{nodeSelectorTerms: [{matchExpressions: [{key: d, "
					"operator: In, values: [");
			for (int i = 0; i < lens[k]; i++)
				buf_printf(&text, "%c%d,", 'a' + pod, i);
			buf_puts(&text, "]}]}]}}}, " PORT "}\n");
		}
		texts[0] = text.data;
		manifest_lines(&options, texts, 1, &out);
		check_text("bound", out.data, k ? "broken-manifest\n" : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),	       cmocka_unit_test(test_one_pod),
		cmocka_unit_test(test_words),	       cmocka_unit_test(test_bound),
		cmocka_unit_test(test_bound_of_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
