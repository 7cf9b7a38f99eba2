// SPDX-License-Identifier: MIT
/* Services, and the pods on the host network that they select. */
#include "manifest_cases.h"

#include "../../user/checks/manifest/service_check.h"

#define PORT	       HOST ONE("ports: [{containerPort: 9100}]")
#define DS(name, spec) WORKLOAD("DaemonSet", name, spec)

#define SERVICE(more)  OBJECT("v1", "Service", "s", "spec: {" more "}")
#define SERVICE_PORT   "$.spec.ports[0]"

static const struct manifest_pair service_cases[] = {
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
	{ "a patch of the workload declares it",
	  DS("a", PORT) "---\n" DS("a", ONE("ports: [{containerPort: 9120}]")),
	  SERVICE("selector: {app: a}, ports: [{port: 9120}]"), "" },
	{ "an alternative of the workload has the name", DS("a", PORT),
	  DS("a", HOST ONE("ports: [{containerPort: 9100, name: m}]")) "---\n" SERVICE(
		  "selector: {app: a}, ports: [{port: 1, targetPort: m}]"),
	  "" },
	{ "an alternative declares another one", DS("a", PORT),
	  DS("a", HOST ONE("ports: [{containerPort: 9121}]")) "---\n" SERVICE(
		  "selector: {app: a}, ports: [{port: 9120}]"),
	  "undeclared-port tcp/9120 " SERVICE_PORT ".port\n" },
	{ "another workload declares it", DS("a", PORT),
	  DS("b", HOST ONE("ports: [{containerPort: 9120}]")) "---\n" SERVICE(
		  "selector: {app: a}, ports: [{port: 9120}]"),
	  "undeclared-port tcp/9120 " SERVICE_PORT ".port\n" },
	{ "out of range", DS("a", PORT), SERVICE("selector: {app: a}, ports: [{port: 70000}]"),
	  "invalid-port " SERVICE_PORT ".port\n" },
};

static void test_services(void **state)
{
	(void)state;
	manifest_run_pairs(service_cases, ARRAY_LEN(service_cases));
}

/* ---- which pods are selected --------------------------------------------------------------- */
#define LABELLED(name, ns, labels, port)                                                           \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", namespace: " ns                     \
	", labels: {" labels                                                                       \
	"}}\nspec: {" HOST ONE("ports: [{containerPort: " port "}]") "}\n---\n"
#define SELECTS(selector) SERVICE("selector: {" selector "}, ports: [{port: 9120}]")
#define UNDECLARED(name)                                                                           \
	"undeclared-port: Service ns/s selects Pod ns/" name ", which is on the host network and " \
	"does not declare port 9120 -> declare `- {containerPort: 9120}` in the pod\n"

static const struct manifest_case word_cases[] = {
	{ "the first of several pods",
	  LABELLED("a", "ns", "app: a", "9120") LABELLED("b", "ns", "app: a", "9121")
		  LABELLED("c", "ns", "app: a", "9122") SELECTS("app: a"),
	  "19 " UNDECLARED("b") },
	{ "labels around the one that is looked for",
	  LABELLED("a", "ns", "aaa: a", "9121") LABELLED("b", "ns", "app: 0", "9122") LABELLED(
		  "c", "ns", "app: a", "9123") LABELLED("d", "ns", "app: b", "9124")
		  LABELLED("e", "ns", "bbb: a", "9125") LABELLED("f", "mm", "app: a", "9126")
			  LABELLED("g", "oo", "app: a", "9127") SELECTS("app: a"),
	  "39 " UNDECLARED("c") },
	{ "all labels of the selector",
	  LABELLED("a", "ns", "app: a", "9121") LABELLED("b", "ns", "x: y", "9122")
		  LABELLED("c", "ns", "x: z, app: a", "9123")
			  LABELLED("d", "ns", "x: y, app: a, z: w", "9124") SELECTS("app: a, x: y"),
	  "24 " UNDECLARED("d") },
	{ "a name, of a Service",
	  LABELLED("a", "ns", "app: a", "9120")
		  SERVICE("selector: {app: a}, ports: [{port: 1, targetPort: web}]"),
	  "9 undeclared-port: Service ns/s selects Pod ns/a, which is on the host network and has "
	  "no "
	  "port named \"web\" -> give the declared port the name, `name: web`, or declare it\n" },
	{ "another protocol",
	  LABELLED("a", "ns", "app: a", "9120")
		  SERVICE("selector: {app: a}, ports: [{port: 9120, protocol: UDP}]"),
	  "9 undeclared-port: Service ns/s selects Pod ns/a, which is on the host network and does "
	  "not declare port 9120 -> declare `- {containerPort: 9120, protocol: UDP}` in the "
	  "pod\n" },
	{ "each port of each Service",
	  LABELLED("a", "ns", "app: a", "9121") SERVICE(
		  "selector: {app: a}, ports: [{port: 9121}, {port: 9120},\n {port: 9120}]"),
	  "9 " UNDECLARED("a") "10 " UNDECLARED("a") },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
}

/* An annotation of the Service accepts it, or one of the pod; no more than these. */
static const struct manifest_case accepted_cases[] = {
	{ "of the Service",
	  LABELLED(
		  "a", "ns", "app: a",
		  "9121") "apiVersion: v1\nkind: Service\nmetadata: {name: s, "
			  "namespace: ns, annotations: {ignore.hostportd.io/undeclared-port: "
			  "why}}\nspec: "
			  "{selector: {app: a}, ports: [{port: 9120}, {port: 1, targetPort: n}]}\n",
	  "undeclared-port tcp/9120 " SERVICE_PORT ".port (accepted: why)\n"
	  "undeclared-port $.spec.ports[1].targetPort (accepted: why)\n" },
	{ "of the pod",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ns, labels: {app: a}, "
	  "annotations: {ignore.hostportd.io/undeclared-port: why}}\nspec: {" HOST ONE(
		  "") "}\n---\n" SELECTS("app: a"),
	  "undeclared-port tcp/9120 " SERVICE_PORT ".port (accepted: why)\n" },
};

static void test_accepted(void **state)
{
	(void)state;
	manifest_run(accepted_cases, ARRAY_LEN(accepted_cases));
}

/* Each pod that a Service may select costs steps; that some are left is no finding. */
static void test_bound(void **state)
{
	static const char text[] = DS("a", PORT) "---\n" SERVICE(
		"selector: {app: a}, ports: [{port: 1, targetPort: 9100}]");
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;

	(void)state;
	check_int("new", check_new(&options, &check), 0);
	check_int("file", check_file(check, "f", text, strlen(text)), 0);
	check_int("enough", service_check(check, 3), 0);
	check_int("enough", (long long)check->findings.len, 0);
	check_int("used up", service_check(check, 2), 0);
	check_int("used up", (long long)check->findings.len, 1);
	check_text("message", check->findings.items[0].message,
		   "too many Services and pods to compare all of them");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
