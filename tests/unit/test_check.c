// SPDX-License-Identifier: MIT
/* What files hold: kinds, lists, templates, faults; and what the options change. */
#include "manifest_cases.h"

#define SPEC		    "{" HOST ONE("ports: [{containerPort: 80}]") "}"
#define FOUND(path)	    "unregistered-port tcp/80 " path ".containers[0].ports[0].containerPort\n"
#define OF(api, kind, more) "apiVersion: " api "\nkind: " kind "\nmetadata: {name: n}\n" more "\n"

static const struct manifest_case kind_cases[] = {
	{ "Pod", OF("v1", "Pod", "spec: " SPEC), FOUND("$.spec") },
	{ "PodTemplate", OF("v1", "PodTemplate", "template: {spec: " SPEC "}"),
	  FOUND("$.template.spec") },
	{ "Deployment", OF("apps/v1", "Deployment", "spec: {template: {spec: " SPEC "}}"),
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
	{ "a key twice where it is none of ours", "a: 1\na: 2\n", "" },
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

static const struct manifest_case fault_cases[] = {
	{ "broken", "a: [\n", "broken-manifest\n" },
	{ "documents before the fault", OF("v1", "Pod", "spec: " SPEC) "---\na: [\n",
	  FOUND("$.spec") "broken-manifest\n" },
	{ "documents after the fault", "a: [\n---\n" OF("v1", "Pod", "spec: " SPEC),
	  "broken-manifest\n" FOUND("$.spec") },
	{ "documents around two faults",
	  OF("v1", "Pod", "spec: " SPEC) "---\na: [\n---\n" OF(
		  "v1", "Pod", "spec: " SPEC) "---\na: {\n"
					      "---\n" OF("v1", "Service", "spec: {}"),
	  FOUND("$.spec") "broken-manifest\n" FOUND("$.spec") "broken-manifest\n" },
	{ "one finding for a broken document, which has a key twice",
	  "apiVersion: v1\nkind: Pod\nkind: Pod\nx: {a: 1, a: 2}\nb: [\n---\n",
	  "broken-manifest\n" },
	{ "a template is one finding",
	  "a: {{ x }}\n---\nb: }\n---\n" OF("v1", "Pod", "spec: " SPEC), "template\n" },
	{ "a fault, then a template", "a: }\n---\nb: {{ x }}\n---\nc: }\n",
	  "broken-manifest\ntemplate\n" },
	{ "JSON is broken as a whole", "{\"a\": ]}\n---\n" OF("v1", "Pod", "spec: " SPEC),
	  "broken-manifest\n" },
	{ "not UTF-8", "a: \xff\n", "broken-manifest\n" },
	{ "Helm", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n",
	  "template\n" },
	{ "Helm's blocks", "{{- if .Values.x }}\napiVersion: v1\n{{- end }}\n", "template\n" },
	{ "Jinja", "{% for x in y %}\nkind: Pod\n{% endfor %}\n", "template\n" },
	{ "a fault before a placeholder", "a: [}\nb: {{ x }}\n", "broken-manifest\n" },
	{ "a placeholder in a comment", "# {{ x }}\na: [}\n", "broken-manifest\n" },
	{ "placeholders where they mean nothing",
	  OF("v1", "ConfigMap", "data: {a: '{{ $labels.x }}', b: \"{% x %}\"}"), "" },
	{ "placeholder of a port's name",
	  OF("v1", "Pod",
	     "spec: {containers: [{name: '{{ x }}', image: i, ports: [{containerPort: 80,"
	     " hostPort: '{{ p }}'}]}]}"),
	  "template $.spec.containers[0].ports[0].hostPort\n" },
	{ "placeholder of a name",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ x }}', namespace: '{{ y "
	  "}}'}\nspec: " SPEC "\n",
	  "template $.metadata.name\n" FOUND("$.spec") },
	{ "a name to be filled in may be the owner's",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: \"${X}\", namespace: ns}\nspec: {" HOST ONE(
		  "ports: [{containerPort: 9103}]") "}\n",
	  "template $.metadata.name\n" },
	{ "many levels of aliases",
	  "apiVersion: v1\nkind: Thing\n"
	  "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
	  "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
	  "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
	  "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]\n",
	  "broken-manifest\n" },
};

static void test_kinds(void **state)
{
	(void)state;
	manifest_run(kind_cases, ARRAY_LEN(kind_cases));
	manifest_run(fault_cases, ARRAY_LEN(fault_cases));
}

/* Where findings are, and what they say. */
static void test_words(void **state)
{
	static const char *const texts[] = {
		"# \xc3\xa9\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d, namespace: "
		"x}\n"
		"spec:\n  template:\n    spec:\n      hostNetwork: true\n      containers:\n"
		"      - name: c\n        image: i\n        ports:\n        - containerPort: 80\n"
		"        - {name: \xc3\xa9, containerPort: 9101}\n"
		"        - {containerPort: 9102, protocol: UDP}\n"
		"        args: [-port=1, ':2']\n",
	};
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_findings_ struct findings findings = { 0 };
	const struct finding *f;

	(void)state;
	manifest_check(&options, texts, 1, &findings, NULL);
	check_int("findings", (long long)findings.len, 5);
	f = &findings.items[0];
	check_text("file", f->file, "1.yaml");
	check_int("line", f->line, 13);
	check_int("column", f->column, 26);
	check_text("message", f->message,
		   "tcp 80 of DaemonSet x/d, container c: no row of the registry names the port");
	check_text("suggestion", f->suggestion,
		   "add a row: {ports: 80, protocol: tcp, process: c}, or take a port of the "
		   "documented range 9000-9999");
	f = &findings.items[1];
	check_int("columns are characters", f->column, 36);
	check_text("message", f->message,
		   "tcp 9101 of DaemonSet x/d, container c: row t tcp 9101 (cp) is for "
		   "control-plane nodes only, and no node selector or affinity keeps it from "
		   "worker nodes");
	check_text("another protocol", findings.items[2].message,
		   "udp 9102 of DaemonSet x/d, container c: no row of the registry names the port "
		   "for udp; row t tcp 9102 (local) is for another protocol");
	check_text("a flag", findings.items[3].message,
		   "-port has container c of DaemonSet x/d listen on port 1, which no container "
		   "declares");
	check_text("an address", findings.items[4].message,
		   ":2 has container c of DaemonSet x/d listen on port 2, which no container "
		   "declares");
}

/* JSON says what the same YAML says, at its own places. */
static void test_json(void **state)
{
	static const char *const texts[] = {
		"{\n\t\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n\t\"metadata\": {\"name\": "
		"\"p\\ud83d\\ude00\"},\n"
		"\t\"spec\": {\"hostNetwork\": true, \"containers\": [\n"
		"\t\t{\"name\": \"c\", \"image\": \"i\\/x\", \"ports\": [{\"containerPort\": "
		"80}]}\n\t]}\n}\n",
		"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"q\"}}{"
		"\"apiVersion\":\"v1\","
		"\"kind\":\"Pod\",\"metadata\":{\"name\":\"q\"},\"spec\":{\"hostNetwork\":true,"
		"\"containers\":"
		"[{\"name\":\"c\",\"image\":\"i\",\"ports\":[{\"containerPort\":\"80\"}]}]}}",
	};
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_findings_ struct findings findings = { 0 };
	struct manifest_counts counts;

	(void)state;
	manifest_check(&options, texts, 2, &findings, &counts);
	check_int("documents", (long long)counts.documents, 3);
	check_int("findings", (long long)findings.len, 2);
	check_text("rule", findings.items[0].rule->id, "unregistered-port");
	check_int("line", findings.items[0].line, 5);
	check_int("column", findings.items[0].column, 62);
	check_text("message", findings.items[0].message,
		   "tcp 80 of Pod default/p\xf0\x9f\x98\x80, container c: no row of the registry "
		   "names the port");
	check_text("quoted", findings.items[1].rule->id, "invalid-port");
	check_int("quoted, line", findings.items[1].line, 1);
	check_int("quoted, column", findings.items[1].column,
		  (long long)(strstr(texts[1], "\"80\"") - texts[1]) + 1);
}

static void test_counts(void **state)
{
	static const char *const texts[] = {
		OF("v1", "Pod", "spec: " SPEC) "---\n" OF("v1", "Service",
							  "spec: {}") "---\na: 1\n---\n",
		"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap}]\n",
		"a: [\n",
	};
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_findings_ struct findings findings = { 0 };
	struct manifest_counts counts;

	(void)state;
	manifest_check(&options, texts, 3, &findings, &counts);
	check_int("documents", (long long)counts.documents, 4);
	check_int("others", (long long)counts.others, 1);
	check_int("objects", (long long)counts.objects, 3);
	check_int("pods", (long long)counts.pods, 1);
	check_int("services", (long long)counts.services, 1);
}

struct option_case {
	const char *name;
	const char *port;
	const char *platform;
	struct reg_version cluster;
	enum reg_role role;
	const char *want; /* the rule, or nothing */
};

static const struct option_case option_cases[] = {
	{ "no platform", "9104", NULL, { 0 }, REG_ROLE_MAX, "" },
	{ "its platform", "9104", "aws", { 0 }, REG_ROLE_MAX, "" },
	{ "another platform", "9104", "gcp", { 0 }, REG_ROLE_MAX, "inactive-port" },
	{ "no version", "9105", NULL, { 0 }, REG_ROLE_MAX, "" },
	{ "its version", "9105", NULL, { 4, 18 }, REG_ROLE_MAX, "" },
	{ "an earlier version", "9105", NULL, { 4, 17 }, REG_ROLE_MAX, "inactive-port" },
	{ "retired", "9110", NULL, { 4, 10 }, REG_ROLE_MAX, "retired-port" },
	{ "not retired yet", "9110", NULL, { 4, 9 }, REG_ROLE_MAX, "" },
	{ "all are control planes", "9101", NULL, { 0 }, REG_ROLE_CONTROL_PLANE, "" },
	{ "all are workers", "9101", NULL, { 0 }, REG_ROLE_WORKER, "inactive-port" },
	{ "roles don't matter", "9101", NULL, { 0 }, REG_ROLE_ANY, "" },
	{ "no worker is there", "9106", NULL, { 0 }, REG_ROLE_CONTROL_PLANE, "inactive-port" },
};

static void test_options(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(option_cases); i++) {
		const struct option_case *c = &option_cases[i];
		struct manifest_options options = manifest_options(registry);
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf text = { 0 };
		const char *texts[1];

		options.facts.platform = c->platform;
		options.facts.cluster = c->cluster;
		options.role = c->role;
		buf_printf(&text, POD(HOST ONE("ports: [{containerPort: %s}]")), c->port);
		texts[0] = text.data;
		manifest_check(&options, texts, 1, &findings, NULL);
		check_text(c->name, findings.len ? findings.items[0].rule->id : "", c->want);
	}
}

/* Of very many faults some are only counted, and that is said. */
static void test_many_faults(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	const char *texts[1];

	(void)state;
	buf_puts(&text, "apiVersion: v1\nkind: Pod\n");
	for (int i = 0; i < DIAGS_MAX + 6; i++)
		buf_puts(&text, "x: 1\n");
	texts[0] = text.data;
	manifest_check(&options, texts, 1, &findings, NULL);
	check_int("findings", (long long)findings.len, DIAGS_MAX + 1);
	check_text("the last", findings.items[0].message, "and 5 faults more");
}

/* Places behind faults are those of the file; of many faults the first ones are told, and that. */
static void test_broken_documents(void **state)
{
	static const int numbers[] = { 99, 100, 101, 60000 };
	static const char rest[] =
		"so many documents of the file are broken that the rest was not read";
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(numbers); k++) {
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf text = { 0 };
		const struct finding *last;
		const char *texts[1];
		const int n = numbers[k];

		for (int i = 0; i < n; i++)
			buf_puts(&text, "---\na: [}\n");
		buf_puts(&text, "---\n" OF("v1", "Pod", "spec: " SPEC));
		texts[0] = text.data;
		manifest_check(&options, texts, 1, &findings, NULL);
		check_int("findings", (long long)findings.len, n < 100 ? n + 1 : 100);
		last = &findings.items[findings.len - 1];
		check_int("line of the last", last->line, n < 100 ? 2 * n + 5 : 200);
		check_text("the last", last->rule->id,
			   n < 100 ? "unregistered-port" : "broken-manifest");
		check_int("said", strstr(last->message, rest) != NULL, n >= 100);
		check_int("said once", strstr(findings.items[0].message, rest) != NULL, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_many_faults),
		cmocka_unit_test(test_broken_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
