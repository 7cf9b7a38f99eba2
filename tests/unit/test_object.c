// SPDX-License-Identifier: MIT
/* Which objects, pods and Services a document has. */
#include "manifest_cases.h"
#include "pod_cases.h"

#include "../../user/checks/manifest/object.h"

#define SPEC		    "{" HOST ONE("ports: [{containerPort: 80}]") "}"
#define FOUND(path)	    "unregistered-port tcp/80 " path ".containers[0].ports[0].containerPort\n"
#define OF(api, kind, more) "apiVersion: " api "\nkind: " kind "\nmetadata: {name: n}\n" more "\n"

static const struct manifest_case kind_cases[] = {
	{ "Pod", OF("v1", "Pod", "spec: " SPEC), FOUND("$.spec") },
	{ "PodTemplate", OF("v1", "PodTemplate", "template: {spec: " SPEC "}"),
	  FOUND("$.template.spec") },
	{ "Deployment",
	  OF("apps/v1", "Deployment",
	     "spec: {strategy: {type: Recreate}, template: {spec: " SPEC "}}"),
	  FOUND("$.spec.template.spec") },
	{ "DeploymentConfig",
	  OF("apps.openshift.io/v1", "DeploymentConfig", "spec: {template: {spec: " SPEC "}}"),
	  FOUND("$.spec.template.spec") },
	{ "ReplicationController",
	  OF("v1", "ReplicationController", "spec: {template: {spec: " SPEC "}}"),
	  FOUND("$.spec.template.spec") },
	{ "Job", OF("batch/v1", "Job", "spec: {template: {spec: " SPEC "}}"),
	  FOUND("$.spec.template.spec") },
	{ "CronJob",
	  OF("batch/v1", "CronJob", "spec: {jobTemplate: {spec: {template: {spec: " SPEC "}}}}"),
	  FOUND("$.spec.jobTemplate.spec.template.spec") },
	{ "unknown kind, a template", OF("x/v1", "Thing", "spec: {a: [{b: {spec: " SPEC "}}]}"),
	  FOUND("$.spec.a[0].b.spec") },
	{ "unknown kind, a specification", OF("x/v1", "Thing", "spec: {pod-spec: " SPEC "}"),
	  FOUND("$.spec['pod-spec']") },
	{ "a Service of Knative",
	  OF("serving.knative.dev/v1", "Service", "spec: {template: {spec: " SPEC "}}"),
	  FOUND("$.spec.template.spec") },
	{ "unknown kind, containers that are none",
	  OF("x/v1", "Thing", "spec: {hostNetwork: true, containers: [{name: c}]}"), "" },
	{ "no object", "kind: Pod\nspec: " SPEC "\n", "" },
	{ "values of a chart", "hostNetwork: true\nports: [{containerPort: 80}]\n", "" },
	{ "a key that we don't read, twice", "a: 1\na: 2\n", "" },
	{ "a list of patches", "- {op: add, path: /x}\n", "" },
	{ "List",
	  "apiVersion: v1\nkind: List\nitems:\n- {}\n- {apiVersion: v1, kind: Pod, spec: " SPEC
	  "}\n",
	  FOUND("$.items[1].spec") },
	{ "PodList", "apiVersion: v1\nkind: PodList\nitems: [{spec: " SPEC "}]\n",
	  FOUND("$.items[0].spec") },
	{ "List of a DaemonSetList",
	  "apiVersion: v1\nkind: List\nitems: [{apiVersion: apps/v1, kind: DaemonSetList, items:"
	  " [{spec: {template: {spec: " SPEC "}}}]}]\n",
	  FOUND("$.items[0].items[0].spec.template.spec") },
	{ "Template of OpenShift",
	  "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- {apiVersion: v1, "
	  "kind: Pod,"
	  " spec: " SPEC "}\n",
	  FOUND("$.objects[0].spec") },
	{ "nothing", "", "" },
	{ "empty documents", "---\n---\n# x\n", "" },
	{ "anchors and merge keys",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nx: &x {hostNetwork: true}\n"
	  "y: &y [{containerPort: &n 80}]\n"
	  "spec: {<<: *x, containers: [{name: c, image: i, ports: *y}, {name: d, image: i,"
	  " ports: [{containerPort: *n, hostIP: 10.0.0.1}]}], hostNetwork: false}\n",
	  "" },
	{ "anchors and merge keys that hold",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nx: &x {hostNetwork: true}\n"
	  "y: &y [{containerPort: 80}]\n"
	  "spec: {<<: [{a: b}, *x], containers: [{name: c, image: i, ports: *y}]}\n",
	  FOUND("$.spec") },
	{ "the last of two keys holds, and both are said",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostNetwork: false, " HOST ONE(
		  "ports: [{containerPort: 80}]") "}\n",
	  "broken-manifest\n" FOUND("$.spec") },
};

static void test_kinds(void **state)
{
	(void)state;
	manifest_run(kind_cases, ARRAY_LEN(kind_cases));
}

/* ---- what is read -------------------------------------------------------------------------- */
#define C80		   "containers: [{name: c, image: i, ports: [{hostPort: 80}]}]"
#define C80_AT(path)	   " container c\n  tcp 80 claims at " path ".containers[0].ports[0].hostPort\n"
#define A(api, kind, more) "{apiVersion: " api ", kind: " kind ", metadata: {name: n}, " more "}"
#define READ(kind, names, path)                                                                    \
	kind " default/n (" kind " default/n), " names ", roles 2, at " path "\n" C80_AT(path)
#define STATIC(more, roles)                                                                        \
	"Pod default/n (Pod default/n), static, roles " roles more ", at $.spec\n" C80_AT("$."     \
											  "spec")

#define IN_TEXT                                                                                    \
	"{apiVersion: v1, kind: Pod, metadata: {name: n}, spec: {hostNetwork: true, containers: "  \
	"[{name: c}]}}"
#define READ_IN(path)                                                                              \
	"Pod default/n (Pod default/n), static, roles 2, host, at " path "\n container c\n"

static const struct {
	const char *name, *text;
	const char *want; /* objects, others, pods and Services, then those that are kept */
} cases[] = {
	/* names of pods by the kind and its group */
	{ "Pod", A("v1", "Pod", "spec: {" C80 "}"), "1 0 1 0\n" STATIC("", "2") },
	{ "a Pod of another group", A("x/v1", "Pod", "spec: {" C80 "}"),
	  "1 0 1 0\n" READ("Pod", "unknown", "$.spec") },
	{ "PodTemplate", A("v1", "PodTemplate", "template: {spec: {" C80 "}}"),
	  "1 0 1 0\n" READ("PodTemplate", "suffixed", "$.template.spec") },
	{ "ReplicationController",
	  A("v1", "ReplicationController", "spec: {template: {spec: {" C80 "}}}"),
	  "1 0 1 0\n" READ("ReplicationController", "suffixed", "$.spec.template.spec") },
	{ "ReplicaSet", A("apps/v1", "ReplicaSet", "spec: {template: {spec: {" C80 "}}}"),
	  "1 0 1 0\n" READ("ReplicaSet", "suffixed", "$.spec.template.spec") },
	{ "DaemonSet", A("extensions/v1beta1", "DaemonSet", "spec: {template: {spec: {" C80 "}}}"),
	  "1 0 1 0\n" READ("DaemonSet", "suffixed", "$.spec.template.spec") },
	{ "Deployment", A("apps/v1", "Deployment", "spec: {template: {spec: {" C80 "}}}"),
	  "1 0 1 0\n" READ("Deployment", "hashed", "$.spec.template.spec") },
	{ "StatefulSet", A("apps/v1", "StatefulSet", "spec: {template: {spec: {" C80 "}}}"),
	  "1 0 1 0\n" READ("StatefulSet", "numbered", "$.spec.template.spec") },
	{ "DeploymentConfig", A("v1", "DeploymentConfig", "spec: {template: {spec: {" C80 "}}}"),
	  "1 0 1 0\n" READ("DeploymentConfig", "rolled", "$.spec.template.spec") },
	{ "Job", A("batch/v1", "Job", "spec: {template: {spec: {" C80 "}}}"),
	  "1 0 1 0\n" READ("Job", "suffixed", "$.spec.template.spec") },
	{ "a Job of another group",
	  A("volcano.sh/v1", "Job", "spec: {template: {spec: {" C80 "}}}"),
	  "1 0 1 0\n" READ("Job", "unknown", "$.spec.template.spec") },
	{ "CronJob",
	  A("batch/v1", "CronJob", "spec: {jobTemplate: {spec: {template: {spec: {" C80 "}}}}}"),
	  "1 0 1 0\n" READ("CronJob", "timed", "$.spec.jobTemplate.spec.template.spec") },
	{ "a workload without a template", A("apps/v1", "DaemonSet", "spec: {}"), "1 0 0 0\n" },
	{ "a template without a specification",
	  A("apps/v1", "DaemonSet", "spec: {template: {metadata: {}}}"), "1 0 0 0\n" },
	/* which pods are kept */
	{ "without a port of a node", A("v1", "Pod", "spec: {containers: [{name: c}]}"),
	  "1 0 1 0\n" },
	{ "with a port of its own network alone",
	  A("v1", "Pod", "spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}"),
	  "1 0 1 0\n" },
	{ "on the host network, without a port",
	  A("v1", "Pod", "spec: {hostNetwork: true, containers: [{name: c}]}"),
	  "1 0 1 0\nPod default/n (Pod default/n), static, roles 2, host, at $.spec\n container "
	  "c\n" },
	{ "a workload without a port, which may be a patch",
	  A("apps/v1", "DaemonSet", "spec: {template: {spec: {containers: [{name: c}]}}}"),
	  "1 0 1 0\nDaemonSet default/n (DaemonSet default/n), suffixed, roles 2, at "
	  "$.spec.template.spec\n container c\n" },
	{ "one of Windows",
	  A("apps/v1", "DaemonSet",
	    "spec: {template: {spec: {os: {name: windows}, containers: [{name: c}]}}}"),
	  "1 0 1 0\n" },
	{ "one that another object made",
	  "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: n, ownerReferences: [{kind: "
	  "Deployment, name: d, controller: true}]}, spec: {template: {spec: {containers: [{name: "
	  "c}]}}}}",
	  "1 0 1 0\n" },
	{ "one of an unknown kind",
	  A("x/v1", "Thing", "spec: {template: {spec: {containers: [{name: c, image: i}]}}}"),
	  "1 0 1 0\n" },
/* static pods */
#define CRITICAL "hostNetwork: true, priorityClassName: system-node-critical, "
	{ "a static pod", A("v1", "Pod", "spec: {" CRITICAL C80 "}"),
	  "1 0 1 0\n" STATIC(", host", "4") },
	{ "of another class",
	  A("v1", "Pod",
	    "spec: {hostNetwork: true, priorityClassName: system-cluster-critical, " C80 "}"),
	  "1 0 1 0\n" STATIC(", host", "2") },
	{ "that selects nodes", A("v1", "Pod", "spec: {nodeSelector: {a: b}, " CRITICAL C80 "}"),
	  "1 0 1 0\n" STATIC(", host", "2") },
	{ "in its own network",
	  A("v1", "Pod", "spec: {priorityClassName: system-node-critical, " C80 "}"),
	  "1 0 1 0\n" STATIC("", "2") },
	{ "of a workload",
	  A("apps/v1", "DaemonSet", "spec: {template: {spec: {" CRITICAL C80 "}}}"),
	  "1 0 1 0\nDaemonSet default/n (DaemonSet default/n), suffixed, roles 2, host, at "
	  "$.spec.template.spec\n" C80_AT("$.spec.template.spec") },
	/* names */
	{ "in a namespace",
	  "{apiVersion: v1, kind: Pod, metadata: {name: n, namespace: x}, spec: {" C80 "}}",
	  "1 0 1 0\nPod x/n (Pod x/n), static, roles 2, at $.spec\n" C80_AT("$.spec") },
	{ "in an empty one",
	  "{apiVersion: v1, kind: Pod, metadata: {name: n, namespace: ''}, spec: {" C80 "}}",
	  "1 0 1 0\n" STATIC("", "2") },
	{ "of a made name",
	  "{apiVersion: v1, kind: Pod, metadata: {generateName: n-}, spec: {" C80 "}}",
	  "1 0 1 0\nPod default/n-xxxxx (Pod default/n-xxxxx), static, roles 2, at $.spec\n" C80_AT(
		  "$.spec") },
	{ "of none", "{apiVersion: v1, kind: Pod, spec: {" C80 "}}",
	  "1 0 1 0\nPod default/? (Pod default/?), static, roles 2, at $.spec\n" C80_AT("$.spec") },
/* what made it, and what became of it */
#define OWNED(references)                                                                          \
	"{apiVersion: v1, kind: Pod, metadata: {name: n, ownerReferences: [" references            \
	"]}, spec: {" C80 "}}"
	{ "a controller", OWNED("{kind: X, name: x, controller: true}"),
	  "1 0 1 0\n" STATIC(", of X x", "2") },
	{ "the controller is the second",
	  OWNED("{kind: X, name: x}, {kind: Y, name: y, controller: true}, {kind: Z, name: z, "
		"controller: true}"),
	  "1 0 1 0\n" STATIC(", of Y y", "2") },
	{ "owners that control nothing",
	  OWNED("{kind: X, name: x, controller: false}, {kind: Y, name: y}"),
	  "1 0 1 0\n" STATIC("", "2") },
	{ "it has succeeded", A("v1", "Pod", "spec: {" C80 "}, status: {phase: Succeeded}"),
	  "1 0 1 0\n" STATIC(", ended", "2") },
	{ "it has failed", A("v1", "Pod", "spec: {" C80 "}, status: {phase: Failed}"),
	  "1 0 1 0\n" STATIC(", ended", "2") },
	{ "it runs", A("v1", "Pod", "spec: {" C80 "}, status: {phase: Running}"),
	  "1 0 1 0\n" STATIC("", "2") },
	/* labels and annotations */
	{ "those of the template, and annotations of both",
	  "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: n, labels: {x: y}, annotations: "
	  "{ignore.hostportd.io/template: o}}, spec: {template: {metadata: {labels: {a: b}, "
	  "annotations: {ignore.hostportd.io/retired-port: i}}, spec: {" C80 "}}}}",
	  "1 0 1 0\nDaemonSet default/n (DaemonSet default/n), suffixed, roles 2, a=b, ignore "
	  "retired-port, ignore template, at $.spec.template.spec\n" C80_AT(
		  "$.spec.template.spec") },
	{ "a pod's own, once",
	  "{apiVersion: v1, kind: Pod, metadata: {name: n, labels: {a: b}, annotations: "
	  "{ignore.hostportd.io/template: o}}, spec: {" C80 "}}",
	  "1 0 1 0\n" STATIC(", a=b, ignore template", "2") },
	/* objects of unknown kinds */
	{ "two templates, each with its annotations",
	  "{apiVersion: x/v1, kind: T, metadata: {name: n}, a: {metadata: {annotations: "
	  "{ignore.hostportd.io/template: o}}, spec: {" C80 "}}, b: {spec: {" C80 "}}}",
	  "1 0 2 0\nT default/n (T default/n), unknown, roles 2, ignore template, at "
	  "$.a.spec\n" C80_AT("$.a.spec") READ("T", "unknown", "$.b.spec") },
	{ "a list in a list",
	  "{apiVersion: x/v1, kind: T, metadata: {name: n}, a: [x, [y, {" C80 "}], {b: {spec: {" C80
	  "}}}]}",
	  "1 0 2 0\n" READ("T", "unknown", "$.a[1][1]") READ("T", "unknown", "$.a[2].b.spec") },
	{ "nothing is looked for inside of a pod",
	  "{apiVersion: x/v1, kind: T, metadata: {name: n}, spec: {" C80 ", inner: {" C80 "}}}",
	  "1 0 1 0\n" READ("T", "unknown", "$.spec") },
	{ "a key with other characters",
	  "{apiVersion: x/v1, kind: T, metadata: {name: n}, 'a.b/c': {" C80 "}}",
	  "1 0 1 0\n" READ("T", "unknown", "$['a.b/c']") },
	/* Services */
	{ "Service", A("v1", "Service", "spec: {selector: {a: b}, ports: [{port: 80}]}"),
	  "1 0 0 1\nService default/n, a=b\n  tcp 80 at $.spec.ports[0].port\n" },
	{ "a Service of another group",
	  A("x/v1", "Service", "spec: {selector: {a: b}, ports: [{port: 80}]}"), "1 0 0 0\n" },
	/* what is no object */
	{ "no version", "{kind: Pod, spec: {" C80 "}}", "0 1 0 0\n" },
	{ "no kind", "{apiVersion: v1, spec: {" C80 "}}", "0 1 0 0\n" },
	{ "a list", "[{apiVersion: v1, kind: Pod, spec: {" C80 "}}]", "0 1 0 0\n" },
	{ "a word", "x", "0 1 0 0\n" },
/* lists */
#define ITEM(name) "{apiVersion: v1, kind: Pod, metadata: {name: " name "}, spec: {" C80 "}}"
#define READ_AT(name, path)                                                                        \
	"Pod default/" name " (Pod default/" name "), static, roles 2, at " path "\n" C80_AT(path)
	{ "List", "{apiVersion: v1, kind: List, items: [" ITEM("a") ", x, {}, " ITEM("b") "]}",
	  "2 2 2 0\n" READ_AT("a", "$.items[0].spec") READ_AT("b", "$.items[3].spec") },
	{ "PodList",
	  "{apiVersion: v1, kind: PodList, items: [{metadata: {name: a}, spec: {" C80
	  "}}, " ITEM("b") "]}",
	  "2 0 2 0\n" READ_AT("a", "$.items[0].spec") READ_AT("b", "$.items[1].spec") },
	{ "a list of what it is not",
	  "{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}]}", "1 0 0 0\n" },
	{ "a list without items", "{apiVersion: v1, kind: PodList}", "1 0 0 0\n" },
	{ "a kind that only begins so", "{apiVersion: v1, kind: ListX, items: [" ITEM("a") "]}",
	  "1 0 1 0\nListX default/? (ListX default/?), unknown, roles 2, at "
	  "$.items[0].spec\n" C80_AT("$.items[0].spec") },
	{ "a short kind", "{apiVersion: v1, kind: ist, items: [" ITEM("a") "]}",
	  "1 0 1 0\nist default/? (ist default/?), unknown, roles 2, at $.items[0].spec\n" C80_AT(
		  "$.items[0].spec") },
	{ "Template", "{apiVersion: x/v1, kind: Template, objects: [" ITEM("a") "]}",
	  "1 0 1 0\n" READ_AT("a", "$.objects[0].spec") },
	{ "a Template without objects",
	  "{apiVersion: x/v1, kind: Template, other: [" ITEM("a") "]}",
	  "1 0 1 0\nTemplate default/? (Template default/?), unknown, roles 2, at "
	  "$.other[0].spec\n" C80_AT("$.other[0].spec") },
	/* the host network of all pods in an object of an unknown kind */
	{ "Workflow",
	  A("argoproj.io/v1alpha1", "Workflow",
	    "spec: {hostNetwork: true, templates: [{name: m, container: {name: c, image: i}}, "
	    "{name: s,"
	    " containerSet: {containers: [{image: i}]}}]}"),
	  "1 0 2 0\nWorkflow default/n (Workflow default/n), unknown, roles 2, host, at "
	  "$.spec.templates[0]\n container c\n"
	  "Workflow default/n (Workflow default/n), unknown, roles 2, host, at "
	  "$.spec.templates[1].containerSet\n container ?\n" },
	{ "the host network of one part only",
	  A("x/v1", "T",
	    "a: {hostNetwork: true, b: {container: {name: c, image: i}}}, d: {container: {name: e, "
	    "image: i}}"),
	  "1 0 2 0\nT default/n (T default/n), unknown, roles 2, host, at $.a.b\n container c\n" },
	{ "Knative",
	  A("serving.knative.dev/v1", "Service",
	    "spec: {template: {spec: {hostNetwork: true, containers: [{image: i}]}}}"),
	  "1 0 1 0\nService default/n (Service default/n), unknown, roles 2, host, at "
	  "$.spec.template.spec\n container ?\n" },
	/* manifests in texts */
	{ "a ConfigMap", A("v1", "ConfigMap", "data: {a: x, p.yaml: '" IN_TEXT "'}"),
	  "2 0 1 0\n" READ_IN("$.data['p.yaml'].spec") },
	{ "two documents of a Secret's text",
	  "{apiVersion: v1, kind: Secret, stringData: {p: \"" IN_TEXT "\\n---\\n" IN_TEXT "\"}}",
	  "3 0 2 0\n" READ_IN("$.stringData.p.spec") READ_IN("$.stringData.p.spec") },
	{ "texts that are no manifests",
	  A("v1", "ConfigMap",
	    "data: {a: 'apiVersion, kind, hostPort: [', b: [1], c: 'apiVersion, kind'}"),
	  "1 0 0 0\n" },
	{ "a text of another kind", A("x/v1", "Thing", "data: {p.yaml: '" IN_TEXT "'}"),
	  "1 0 0 0\n" },
	{ "a MachineConfig",
	  A("machineconfiguration.openshift.io/v1", "MachineConfig",
	    "spec: {config: {storage: {files: [{path: /a, contents: {source: 'https://x/y'}}, "
	    "{path: /b},"
	    " {path: /c, contents: {source: 'data:," IN_TEXT "'}}]}}}"),
	  "2 0 1 0\n" READ_IN("$.spec.config.storage.files[2].contents.source.spec") },
	{ "a file of Ignition",
	  "{ignition: {version: 3.2.0}, storage: {files: [{contents: {source: 'data:," IN_TEXT
	  "'}}]}}",
	  "1 1 1 0\n" READ_IN("$.storage.files[0].contents.source.spec") },
	{ "one of Butane",
	  "{variant: fcos, version: 1.4.0, storage: {files: [{contents: {inline: '" IN_TEXT
	  "'}}]}}",
	  "1 1 1 0\n" READ_IN("$.storage.files[0].contents.inline.spec") },
	{ "files of something else", "{storage: {files: [{contents: {inline: '" IN_TEXT "'}}]}}",
	  "0 1 0 0\n" },
	{ "a text in a text",
	  A("v1", "ConfigMap",
	    "data: {c: '{apiVersion: v1, kind: ConfigMap, data: {p: \"" IN_TEXT "\"}}'}"),
	  "3 0 1 0\n" READ_IN("$.data.c.data.p.spec") },
	{ "and no further",
	  A("v1", "ConfigMap",
	    "data: {c: '{apiVersion: v1, kind: ConfigMap, data: {d: \"{apiVersion: v1, kind: "
	    "ConfigMap, "
	    "data: {p: \\\"" IN_TEXT "\\\"}}\"}}'}"),
	  "3 0 0 0\n" },
	/* placeholders */
	{ "of a name, and then of a namespace",
	  "{apiVersion: v1, kind: Pod, metadata: {name: '${X}', namespace: '${Y}'}, spec: {" C80
	  "}}",
	  "1 0 1 0\nPod ${Y}/${X} (Pod ${Y}/${X}), static, roles 2, at $.spec\n" C80_AT(
		  "$.spec") "template $.metadata.name: the name of a Pod is a placeholder, ${X}: "
			    "render the template first\n" },
	{ "of a namespace",
	  "{apiVersion: v1, kind: Pod, metadata: {name: n, namespace: '${Y}'}, spec: {" C80 "}}",
	  "1 0 1 0\nPod ${Y}/n (Pod ${Y}/n), static, roles 2, at $.spec\n" C80_AT(
		  "$.spec") "template $.metadata.namespace: the namespace of a Pod is a "
			    "placeholder, ${Y}: render the template first\n" },
};

static void test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };
		_cleanup_at_top_ struct at_top at;
		const struct manifest_counts *counts = &at.model.counts;

		at_top_open(&at, cases[i].text);
		object_read_document(&at.cursor);
		buf_printf(&out, "%zu %zu %zu %zu\n", counts->objects, counts->others, counts->pods,
			   counts->services);
		for (const struct pod *pod = at.model.pods; pod; pod = pod->next)
			put_pod(pod, &out);
		for (const struct service *s = at.model.services; s; s = s->next)
			put_service(s, &out);
		put_findings(&at.findings, &out);
		check_text(cases[i].name, out.data, cases[i].want);
		check_text("the path is as before", at.cursor.path.data, "$");
	}
}

/* What holds nothing that rules need takes no memory, however much of it there is. */
static void test_memory(void **state)
{
	static const struct {
		const char *text;
		bool kept;
	} texts[] = {
		{ "{kind: Pod}", false },
		{ A("v1", "ConfigMap", "data: {a: b}"), false },
		{ A("v1", "Pod", "spec: {containers: [{name: c, image: i}]}"), false },
		{ A("v1", "Service", "spec: {ports: [{port: 80}]}"), false },
		{ A("v1", "Pod", "spec: {" C80 "}"), true },
		{ A("v1", "Service", "spec: {selector: {a: b}, ports: [{port: 80}]}"), true },
		{ "{apiVersion: v1, kind: ConfigMap, metadata: {annotations: "
		  "{ignore.hostportd.io/template: o}}}",
		  true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		_cleanup_at_top_ struct at_top at;
		struct arena_mark before, after;

		at_top_open(&at, texts[i].text);
		(void)arena_text(&at.model.arena, "first");
		before = arena_mark(&at.model.arena);
		object_read_document(&at.cursor);
		after = arena_mark(&at.model.arena);
		assert_ptr_equal(before.chunk, after.chunk);
		check_int(texts[i].text, after.used > before.used, texts[i].kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
