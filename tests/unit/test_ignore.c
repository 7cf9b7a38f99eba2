// SPDX-License-Identifier: MIT
/* Annotations that accept findings, and such as accept nothing. */
#include "manifest_cases.h"

#define PORTS	"$.spec.containers[0].ports[0]"
#define T_PORTS "$.spec.template.spec.containers[0].ports[0]"

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

static void test_annotations(void **state)
{
	(void)state;
	manifest_run(annotation_cases, ARRAY_LEN(annotation_cases));
}

/* What is wrong is said, with what to do where that is clear; the place is that of the key. */
static const struct manifest_case word_cases[] = {
	{ "of no rule", ANNOTATED("ignore.hostportd.io/nonsense: why", ONE("")),
	  "3 bad-annotation: annotation ignore.hostportd.io/nonsense: no rule has this name\n" },
	{ "of no port", ANNOTATED("ignore.hostportd.io/retired-port.0: why", ONE("")),
	  "3 bad-annotation: annotation ignore.hostportd.io/retired-port.0: what follows the rule "
	  "is "
	  "not a port\n" },
	{ "of two ports", ANNOTATED("ignore.hostportd.io/retired-port.80.81: why", ONE("")),
	  "3 bad-annotation: annotation ignore.hostportd.io/retired-port.80.81: what follows the "
	  "rule is not a port\n" },
	{ "of nothing", ANNOTATED("ignore.hostportd.io/: why", ONE("")),
	  "3 bad-annotation: annotation ignore.hostportd.io/: no rule has this name\n" },
	{ "without a reason", ANNOTATED("ignore.hostportd.io/retired-port: \" \\t\\n\"", ONE("")),
	  "3 bad-annotation: annotation ignore.hostportd.io/retired-port: it has no reason\n" },
	{ "a list is no reason", ANNOTATED("ignore.hostportd.io/retired-port: [why]", ONE("")),
	  "3 bad-annotation: annotation ignore.hostportd.io/retired-port: it has no reason\n" },
	{ "unused", ANNOTATED("ignore.hostportd.io/retired-port: why", ONE("")),
	  "3 bad-annotation: annotation ignore.hostportd.io/retired-port: it silences nothing -> "
	  "remove it\n" },
	{ "several, and one that is used",
	  ANNOTATED(
		  "ignore.hostportd.io/retired-port: a, ignore.hostportd.io/unregistered-port: b,\n"
		  " ignore.hostportd.io/unregistered-port.81: c",
		  HOST ONE("ports: [{containerPort: 80}]")),
	  "3 bad-annotation: annotation ignore.hostportd.io/retired-port: it silences nothing -> "
	  "remove it\n"
	  "4 bad-annotation: annotation ignore.hostportd.io/unregistered-port.81: it silences "
	  "nothing -> remove it\n"
	  "5 unregistered-port: tcp 80 of Pod default/p, container c: no row of the registry names "
	  "the port -> add a row: {ports: 80, protocol: tcp, process: c}, or take a port of the "
	  "documented range 9000-9999\n" },
	{ "of each object",
	  ANNOTATED("ignore.hostportd.io/retired-port: a",
		    ONE("")) "---\n" ANNOTATED("ignore.hostportd.io/template: b", ONE("")),
	  "3 bad-annotation: annotation ignore.hostportd.io/retired-port: it silences nothing -> "
	  "remove it\n"
	  "8 bad-annotation: annotation ignore.hostportd.io/template: it silences nothing -> "
	  "remove "
	  "it\n" },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_annotations),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
