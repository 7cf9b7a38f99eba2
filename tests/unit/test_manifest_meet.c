// SPDX-License-Identifier: MIT
/* What is between objects: who can meet on a node with the same port, and Services with their pods.
 */
#include "manifest_cases.h"

#define CLASH "port-conflict tcp/9100 $.spec.template.spec.containers[0].ports[0].containerPort\n"
#define PORT  HOST ONE("ports: [{containerPort: 9100}]")
#define NODES(expressions)                                                                         \
	"affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"                \
	" {nodeSelectorTerms: [" expressions "]}}}, "
#define APART(labels)                                                                              \
	"affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"             \
	" [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {" labels "}}}]}}, "

#define MADE(kind, name)                                                                           \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns, ownerReferences: [{kind: "  \
	"x,"                                                                                       \
	" name: y}, {kind: " kind ", name: " name ", controller: true}]}\nspec: {" PORT "}\n"

struct pair_case {
	const char *name;
	const char *first, *second; /* of two files */
	const char *want;
};

#define DS(name, spec) WORKLOAD("DaemonSet", name, spec)

static const struct pair_case pair_cases[] = {
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
	{ "anti-affinity to others", DS("a", APART("app: z") PORT), DS("b", PORT), CLASH },
};

static void test_pairs(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pair_cases); i++) {
		const struct pair_case *c = &pair_cases[i];
		const char *const texts[] = { c->first, c->second };
		_cleanup_buf_ struct buf out = { 0 };

		manifest_lines(&options, texts, ARRAY_LEN(texts), &out);
		check_text(c->name, out.data, c->want);
	}
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
	{ "replicas are kept apart",
	  OBJECT("apps/v1", "Deployment", "d",
		 "spec: {replicas: 2, template: {spec: {" ONE("ports: [{hostPort: 9100}]") "}}}"),
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
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	manifest_run(&options, one_pod_cases, ARRAY_LEN(one_pod_cases));
}

#define SERVICE(more) OBJECT("v1", "Service", "s", "spec: {" more "}")
#define SERVICE_PORT  "$.spec.ports[0]"

static const struct pair_case service_cases[] = {
	{ "declared", DS("a", PORT),
	  SERVICE("selector: {app: a}, ports: [{port: 1, targetPort: 9100}]"), "" },
	{ "not declared", DS("a", PORT),
	  SERVICE("selector: {app: a}, ports: [{port: 1, targetPort: 9120}]"),
	  "undeclared-port tcp/9120 " SERVICE_PORT ".targetPort\n" },
	{ "before its pods", SERVICE("selector: {app: a}, ports: [{port: 1, targetPort: 9120}]"),
	  DS("a", PORT), "undeclared-port tcp/9120 " SERVICE_PORT ".targetPort\n" },
	{ "the port is the target", DS("a", PORT),
	  SERVICE("selector: {app: a}, ports: [{port: 9120}]"),
	  "undeclared-port tcp/9120 " SERVICE_PORT ".port\n" },
	{ "another protocol", DS("a", PORT),
	  SERVICE("selector: {app: a}, ports: [{port: 9100, protocol: UDP}]"),
	  "undeclared-port udp/9100 " SERVICE_PORT ".port\n" },
	{ "a name", DS("a", HOST ONE("ports: [{containerPort: 9100, name: m}]")),
	  SERVICE("selector: {app: a}, ports: [{port: 1, targetPort: m}]"), "" },
	{ "a name of another protocol",
	  DS("a", HOST ONE("ports: [{containerPort: 9100, protocol: UDP, name: m}]")),
	  SERVICE("selector: {app: a}, ports: [{port: 1, targetPort: m}]"),
	  "undeclared-port " SERVICE_PORT ".targetPort\n" },
	{ "no such name", DS("a", HOST ONE("ports: [{containerPort: 9100, name: m}]")),
	  SERVICE("selector: {app: a}, ports: [{port: 1, targetPort: n}]"),
	  "undeclared-port " SERVICE_PORT ".targetPort\n" },
	{ "other labels", DS("a", PORT), SERVICE("selector: {app: b}, ports: [{port: 1}]"), "" },
	{ "more labels", DS("a", PORT), SERVICE("selector: {app: a, x: y}, ports: [{port: 1}]"),
	  "" },
	{ "another namespace", DS("a", PORT),
	  "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: a},"
	  " ports: [{port: 1}]}\n",
	  "" },
	{ "no selector", DS("a", PORT), SERVICE("ports: [{port: 1}]"), "" },
	{ "of a name elsewhere", DS("a", PORT),
	  SERVICE("type: ExternalName, selector: {app: a}, ports: [{port: 1}]"), "" },
	{ "pods in their own network", DS("a", ONE("")),
	  SERVICE("selector: {app: a}, ports: [{port: 1}]"), "" },
	{ "out of range", DS("a", PORT), SERVICE("selector: {app: a}, ports: [{port: 70000}]"),
	  "invalid-port " SERVICE_PORT ".port\n" },
};

static void test_services(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(service_cases); i++) {
		const struct pair_case *c = &service_cases[i];
		const char *const texts[] = { c->first, c->second };
		_cleanup_buf_ struct buf out = { 0 };

		manifest_lines(&options, texts, ARRAY_LEN(texts), &out);
		check_text(c->name, out.data, c->want);
	}
}

/* Many on one port that never meet cost steps, which are bounded, and that is said. */
static void test_bound(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
	const char *texts[1];

	(void)state;
	for (int i = 0; i < 12000; i++)
		buf_printf(&text,
			   "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: "
			   "{nodeName: n%d, " PORT "}\n",
			   i, i);
	texts[0] = text.data;
	manifest_lines(&options, texts, 1, &out);
	check_text("bound", out.data, "broken-manifest\n");
}

/* Each port of a pod is compared with each argument of its container: one too many is said. */
static void test_arguments(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (int n = 512; n <= 513; n++) {
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
		const char *texts[1];

		buf_puts(&text, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
				"spec: {" HOST "containers: [{name: c, image: i, ports:"
				" [{containerPort: 9100}], args: [");
		for (int i = 0; i < n; i++)
			buf_puts(&text, "'--listen=:9100',");
		buf_puts(&text, "]}]}\n");
		texts[0] = text.data;
		manifest_lines(&options, texts, 1, &out);
		check_text("arguments", out.data ? out.data : "",
			   n == 512 ? "" : "broken-manifest $.spec.containers[0].args[512]\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),	  cmocka_unit_test(test_one_pod),
		cmocka_unit_test(test_services),  cmocka_unit_test(test_bound),
		cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
