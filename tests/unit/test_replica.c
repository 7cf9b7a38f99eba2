// SPDX-License-Identifier: MIT
/* Pods that share what they have in common, and where their ports are all the same. */
#include "manifest_cases.h"

#include "../../user/checks/manifest/check_state.h"
#include "../../user/checks/manifest/replica.h"

/* A pod of a controller: its name, what more its metadata and its specification have. */
#define BY(kind, maker, name, metadata, spec)                                                      \
	"---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name                                   \
	", namespace: ns, ownerReferences: [{kind: " kind ", name: " maker                         \
	", controller: true}]" metadata "}\nspec: {" HOST spec "}\n"
#define OF(name, metadata, spec) BY("DaemonSet", "d", name, metadata, spec)
#define ALONE(name, spec)	 OBJECT("v1", "Pod", name, "spec: {" HOST spec "}") "---\n"
#define C9100			 ONE("ports: [{containerPort: 9100}]")
#define ON(node)		 "nodeName: " node ", "
#define FIELD(node)                                                                                \
	"affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "               \
	"{nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [" node    \
	"]}]}]}}}, "

static const struct {
	const char *name, *pods;
	const char *want; /* a letter a pod: s for one that shares, else - */
} cases[] = {
	{ "other names and nodes", OF("a", "", ON("m") C9100) OF("b", "", ON("n") C9100), "-s" },
	{ "three", OF("a", "", ON("m") C9100) OF("b", "", ON("n") C9100) OF("c", "", ON("o") C9100),
	  "-ss" },
	{ "nodes by affinity, too, as a DaemonSet has them",
	  OF("a", "", ON("m") FIELD("m") C9100) OF("b", "", ON("n") FIELD("n") C9100), "-s" },
	{ "nodes by affinity alone", OF("a", "", FIELD("m") C9100) OF("b", "", FIELD("n") C9100),
	  "--" },
	{ "one has no node yet", OF("a", "", ON("m") C9100) OF("b", "", C9100), "--" },
	{ "no controller", ALONE("a", ON("m") C9100) ALONE("b", ON("n") C9100), "-s" },
	{ "another controller",
	  OF("a", "", C9100) BY("DaemonSet", "e", "b", "", C9100) BY("Job", "d", "c", "", C9100),
	  "---" },
	{ "another label", OF("a", ", labels: {x: y}", C9100) OF("b", ", labels: {x: z}", C9100),
	  "--" },
	{ "the same label", OF("a", ", labels: {x: y}", C9100) OF("b", ", labels: {x: y}", C9100),
	  "-s" },
	{ "another selector",
	  OF("a", "", "nodeSelector: {a: b}, " C9100) OF("b", "", "nodeSelector: {a: c}, " C9100),
	  "--" },
	{ "another port", OF("a", "", C9100) OF("b", "", ONE("ports: [{containerPort: 9120}]")),
	  "--" },
	{ "another protocol",
	  OF("a", "", C9100) OF("b", "", ONE("ports: [{containerPort: 9100, protocol: UDP}]")),
	  "--" },
	{ "another address",
	  OF("a", "", C9100) OF("b", "", ONE("ports: [{containerPort: 9100, hostIP: 10.0.0.1}]")),
	  "--" },
	{ "another key of the port",
	  OF("a", "", C9100) OF("b", "", ONE("ports: [{containerPort: 9100, hostPort: 9100}]")),
	  "--" },
	{ "another name of the port",
	  OF("a", "", C9100) OF("b", "", ONE("ports: [{containerPort: 9100, name: x}]")), "--" },
	{ "another container",
	  OF("a", "", C9100)
		  OF("b", "", "containers: [" CONTAINER("x", "ports: [{containerPort: 9100}]") "]"),
	  "--" },
	{ "an init container",
	  OF("a", "", C9100)
		  OF("b", "",
		     "initContainers: [" CONTAINER("c", "ports: [{containerPort: 9100}]") "]"),
	  "--" },
	{ "another argument's address",
	  OF("a", "", ONE("ports: [{containerPort: 9120}], args: ['--listen=10.0.0.1:9120']")) OF(
		  "b", "", ONE("ports: [{containerPort: 9120}], args: ['--listen=10.0.0.2:9120']")),
	  "--" },
	{ "one that has ended", OF("a", "", C9100) OF("b", "", C9100) "status: {phase: Failed}\n",
	  "--" },
	{ "an annotation of one's own",
	  OF("a", ", annotations: {ignore.hostportd.io/port-conflict: x}", C9100)
		  OF("b", ", annotations: {ignore.hostportd.io/port-conflict: x}", C9100),
	  "--" },
	{ "the first that has the finding stays, and the second is like none",
	  OF("a", "", ONE("ports: [{containerPort: 80}]"))
		  OF("b", "", ONE("ports: [{containerPort: 80}]"))
			  OF("c", "", ONE("ports: [{containerPort: 80}]")),
	  "--s" },
	{ "no pods",
	  WORKLOAD("DaemonSet", "a", HOST C9100) "---\n" WORKLOAD("DaemonSet", "b", HOST C9100),
	  "--" },
	{ "no pods of Kubernetes",
	  OBJECT("x.io/v1", "Pod", "a", "spec: {" HOST C9100 "}") "---\n" OBJECT(
		  "x.io/v1", "Pod", "b", "spec: {" HOST C9100 "}"),
	  "--" },
};

static void test_share(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;

	(void)state;
	check_int("new", check_new(&options, &check), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		check_reset(check);
		check_int("file", check_file(check, "f", cases[i].pods, strlen(cases[i].pods)), 0);
		for (const struct pod *p = check->model.pods; p; p = p->next)
			buf_putc(&out, p->like ? 's' : '-');
		check_text(cases[i].name, out.data, cases[i].want);
	}
}

/* What it has of its own is its own, and what it shares is that of the first. */
static void test_own(void **state)
{
	static const char text[] = OF("a", ", labels: {x: y}", ON("m") C9100)
		OF("long-name", ", labels: {x: y}", ON("n") C9100);
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;
	const struct pod *first, *second;
	struct place place;

	(void)state;
	check_int("new", check_new(&options, &check), 0);
	check_int("file", check_file(check, "f", text, strlen(text)), 0);
	first = check->model.pods;
	second = first->next;
	assert_non_null(second);
	check_text("name", second->name, "long-name");
	check_text("full name", second->full_name, "Pod ns/long-name");
	check_text("node", second->placement.node, "n");
	check_int("line", second->place.line, 10);
	assert_ptr_equal(second->like, first);
	assert_ptr_equal(second->containers, first->containers);
	assert_ptr_equal(second->labels, first->labels);
	place = replica_place(check, second, first->containers->ports);
	check_text("file", place.file, "f");
	check_int("line of the port", place.line, 10);
	place = replica_place(check, first, first->containers->ports);
	check_int("line of the first's port", place.line, 5);
}

/* A conflict of pods that share is found where they meet, in the items of a list. */
#define ITEM(maker, name, node, port)                                                              \
	"- apiVersion: v1\n  kind: Pod\n  metadata: {name: " name                                  \
	", namespace: ns, ownerReferences: [{kind: DaemonSet, name: " maker                        \
	", controller: true}]}\n  spec:\n    hostNetwork: true\n    nodeName: " node               \
	"\n    containers: [{name: c, image: i, ports: [{containerPort: " port "}]}]\n"

static void test_conflict(void **state)
{
	static const char text[] =
		"apiVersion: v1\nitems:\n" ITEM("d", "d1", "m", "9100") ITEM("d", "d2", "n", "9100")
			ITEM("d", "d3", "o", "9100") ITEM("e", "e1", "p", "9100")
				ITEM("e", "e2", "q", "9100") ITEM("e", "e3", "o", "9100")
					ITEM("e", "e4", "n", "9100") "kind: List\n";
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	const char *const texts[] = { text };
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	manifest_check(&options, texts, 1, &findings, NULL);
	check_int("findings", (long long)findings.len, 1);
	check_text("message", findings.items[0].message,
		   "Pod ns/e3, container c, claims tcp 9100, which Pod ns/d3 on the same node, "
		   "container c, claims as well (1.yaml:23)");
	check_int("line", findings.items[0].line, 44);
	check_text("path", findings.items[0].path,
		   "$.items[5].spec.containers[0].ports[0].containerPort");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_conflict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
