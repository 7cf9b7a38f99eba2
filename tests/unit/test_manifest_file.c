// SPDX-License-Identifier: MIT
/* The documents of a file: faults, templates, and where both stand. */
#include "manifest_cases.h"

#include <errno.h>

#include "../../user/checks/manifest/manifest_file.h"

#define SPEC		    "{" HOST ONE("ports: [{containerPort: 80}]") "}"
#define FOUND(path)	    "unregistered-port tcp/80 " path ".containers[0].ports[0].containerPort\n"
#define OF(api, kind, more) "apiVersion: " api "\nkind: " kind "\nmetadata: {name: n}\n" more "\n"

/* What is broken is looked at if it may be a manifest that takes ports of a node. */
#define MEANT "# apiVersion, kind, hostNetwork\n"

static const struct manifest_case fault_cases[] = {
	{ "broken, of another program", "a: [\n", "" },
	{ "a template of another program", "a: {{ x }}\n", "" },
	{ "a template that takes no port of a node",
	  "apiVersion: v1\nkind: Role\nmetadata: {name: {{ x }}}\n", "" },
	{ "JSON with comments", "{\n  // x\n  \"a\": {\"b\": 1,},\n}\n", "" },
	{ "documents around one of another program", "a: [\n---\na: b\n---\nc: ]\n", "" },
	{ "a line of a shell's",
	  "apiVersion: v1\nkind: Pod\nspec:\n  hostNetwork: true\n  env:\n${X}\n  - name: y\n",
	  "template\n" },
	{ "a shell's in a flow", "apiVersion: v1\nkind: Pod\nspec: {hostNetwork: true, a: ${X}}\n",
	  "template\n" },
	{ "a name between @",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: @NAME@}\nspec: {hostNetwork: true}\n",
	  "template\n" },
	{ "a shell's long before the fault",
	  "apiVersion: v1\nkind: Pod\na: ${X}\nb: 1\nspec: {hostNetwork: true, a: }}\n",
	  "broken-manifest\n" },
	{ "broken", MEANT "a: [\n", "broken-manifest\n" },
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
	{ "a fault, then a template", MEANT "a: }\n---\nb: {{ x }}\n---\nc: }\n",
	  "broken-manifest\ntemplate\n" },
	{ "JSON is broken as a whole", "{\"a\": ]}\n---\n" OF("v1", "Pod", "spec: " SPEC),
	  "broken-manifest\n" },
	{ "not UTF-8", MEANT "a: \xff\n", "broken-manifest\n" },
	{ "Helm", MEANT "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n",
	  "template\n" },
	{ "Helm's blocks", MEANT "{{- if .Values.x }}\napiVersion: v1\n{{- end }}\n",
	  "template\n" },
	{ "Jinja", MEANT "{% for x in y %}\nkind: Pod\n{% endfor %}\n", "template\n" },
	{ "a fault before a placeholder", MEANT "a: [}\nb: {{ x }}\n", "broken-manifest\n" },
	{ "a placeholder in a comment", MEANT "# {{ x }}\na: [}\n", "broken-manifest\n" },
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

static void test_faults(void **state)
{
	(void)state;
	manifest_run(fault_cases, ARRAY_LEN(fault_cases));
}

/* ---- templates ----------------------------------------------------------------------------- */
#define RENDER "a template, not a manifest: render it first"

static const struct {
	const char *name, *text;
	unsigned int line, column; /* of the placeholder; 0: the fault is one of the file */
} template_cases[] = {
	{ "at the beginning", "{{ x }}: [\n", 1, 1 },
	{ "in a later line", "a: b\nc:  {{ x }}\n", 2, 5 },
	{ "the first of several", "a: b\n{% if x %}\n{{ y }}\n", 2, 1 },
	{ "blocks", "a: {% x %}\n", 1, 4 },
	{ "the first kind of mark before the other one", "a: {% {{ x }} %}\n", 1, 7 },
	{ "in a comment, then outside", "# {{ x }}\n  # {{ y }}\na: [\n\t# {% z %}\n  {{ b }} }\n",
	  5, 3 },
	{ "behind what only looks like one", "a: 'b' # {{ x }}\nc: [\n", 1, 10 },
	{ "in the last line, which has no end", "a: {{ x }}", 1, 4 },
	{ "in the line of the fault", "a: ] {{ x }}\n", 1, 6 },
	{ "after the fault", "a: ]\nb: {{ x }}\n", 0, 0 },
	{ "in comments only", "# {{ x }}\na: ]\n", 0, 0 },
	{ "an open brace", "a: {\n", 0, 0 },
	{ "marks in two lines", "a: {\n{ b: ]\n", 0, 0 },
};

static void test_templates(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(template_cases); i++) {
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf text = { 0 };
		const struct finding *f;
		const char *texts[1];

		buf_printf(&text, "%s\n" MEANT, template_cases[i].text);
		texts[0] = text.data;
		manifest_check(&options, texts, 1, &findings, NULL);
		check_u64(template_cases[i].name, findings.len, 1);
		f = &findings.items[0];
		check_text(template_cases[i].name, f->rule->id,
			   template_cases[i].line ? "template" : "broken-manifest");
		if (!template_cases[i].line)
			continue;
		check_int(template_cases[i].name, f->line, template_cases[i].line);
		check_int(template_cases[i].name, f->column, template_cases[i].column);
		check_text(template_cases[i].name, f->message, RENDER);
	}
}

/* ---- documents ----------------------------------------------------------------------------- */
static const struct {
	const char *text;
	size_t documents, objects, others;
} count_cases[] = {
	{ "", 0, 0, 0 },
	{ "# x\n", 0, 0, 0 },
	{ "---\n---\n", 0, 0, 0 },
	{ "~\n", 1, 0, 1 },
	{ "''\n", 1, 0, 1 },
	{ "[]\n", 1, 0, 1 },
	{ "{}\n", 1, 0, 1 },
	{ "{apiVersion: v1, kind: X}\n", 1, 1, 0 },
	{ "{apiVersion: v1, kind: X}\n---\na: 1\n---\n---\n{apiVersion: v1, kind: Y}\n", 3, 2, 1 },
	{ "{apiVersion: v1, kind: X}\n---\na: ]\n---\n{apiVersion: v1, kind: Y}\n", 2, 2, 0 },
	{ "a: ]\n---\nb: ]\n---\nc: 1\n", 3, 0, 3 },
};

static void test_documents(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(count_cases); i++) {
		_cleanup_findings_ struct findings findings = { 0 };
		struct manifest_counts counts;

		manifest_check(&options, &count_cases[i].text, 1, &findings, &counts);
		check_u64(count_cases[i].text, counts.documents, count_cases[i].documents);
		check_u64(count_cases[i].text, counts.objects, count_cases[i].objects);
		check_u64(count_cases[i].text, counts.others, count_cases[i].others);
	}
}

/* A key that is given twice matters in objects, each by itself. */
#define FIRST                                                                                      \
	"render the template first -> check what it renders to: oc process, kustomize build or "   \
	"envsubst, and then hostportctl check -\n"

static const struct manifest_case word_cases[] = {
	{ "twice in an object, and in something else",
	  "a: 1\na: 2\n---\n{apiVersion: v1, kind: X, b: 1, b: 2}\n---\nc: 1\nc: 2\n",
	  "4 broken-manifest: b: the key was given in line 4 already\n" },
	{ "a placeholder is the document's",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ x }}'}\nspec: {" HOST ONE(
		  "") "}\n"
		      "---\napiVersion: v1\nkind: Pod\nmetadata: {name: '{{ y }}'}\n"
		      "spec: {" HOST ONE("") "}\n",
	  "3 template: the name of a Pod is a placeholder, {{ x }}: " FIRST
	  "8 template: the name of a Pod is a placeholder, {{ y }}: " FIRST },
	{ "placeholders of objects that take no port of a node",
	  "apiVersion: v1\nkind: Role\nmetadata: {name: '{{ x }}'}\n---\napiVersion: v1\nkind: "
	  "ConfigMap\nmetadata: {name: \"${Y}\"}\n---\n"
	  "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {a: b}, ports: "
	  "[{port: '{{ x }}'}]}\n---\n"
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ y }}'}\nspec: {" ONE(
		  "") "}\n---\n" WORKLOAD("DaemonSet", "'{{ z }}'", ONE("")),
	  "" },
	{ "too many aliases",
	  "\napiVersion: v1\nkind: Thing\n"
	  "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
	  "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
	  "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
	  "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]\n",
	  "2 broken-manifest: too much in one document: its aliases stand for more than can be "
	  "read\n" },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
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

/* Whatever is in it, a file is read: only memory can be missing. */
static void test_result(void **state)
{
	static const char *const texts[] = { "", "a: [", MEANT "a: [", MEANT "{{ x }}: [",
					     MEANT "\xff" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct model model = { .namespace_ = "default" };
		_cleanup_findings_ struct findings findings = { 0 };

		model.pods_end = &model.pods;
		model.services_end = &model.services;
		check_int(texts[i],
			  manifest_file_read(&model, &findings, "f", texts[i], strlen(texts[i])),
			  0);
		check_u64(texts[i], findings.len, i > 1);
		arena_free(&model.arena);
	}
}

/* ---- long files ---------------------------------------------------------------------------- */
struct given {
	const char *text;
	size_t left;
	int error; /* at the end */
};

static ssize_t give(void *data, char *into, size_t size)
{
	struct given *g = data;
	size_t n = g->left < size ? g->left : size;

	memcpy(into, g->text, n);
	g->text += n;
	g->left -= n;
	return n ? (ssize_t)n : g->error;
}

#define BEHIND "; the file is so long that nothing behind this was read\n"
#define UNREGISTERED(line, port)                                                                   \
	line " unregistered-port: tcp " port " of Pod ns/p, container c: no row of the registry "  \
	     "names the port -> add a row: {ports: " port ", protocol: tcp, process: c}, or take " \
	     "a port of the documented range 9000-9999\n"
#define POD80 POD(HOST ONE("ports: [{containerPort: 80}]"))

static const struct {
	const char *name, *text;
	int error;
	const char *want;
} long_cases[] = {
	{ "nothing", "", 0, "0 0\n" },
	{ "documents", POD80 "---\na: b\n---\n" POD(HOST ONE("ports: [{containerPort: 81}]")), 0,
	  UNREGISTERED("4", "80") UNREGISTERED("11", "81") "3 1\n" },
	{ "JSON",
	  "{\"kind\": \"Pod\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"p\", "
	  "\"namespace\": \"ns\"},\n\"spec\": {\"hostNetwork\": true, \"containers\": [{\"name\": "
	  "\"c\", \"image\": \"i\", \"ports\": [{\"containerPort\": 80}]}]}}\n{}\n",
	  0, UNREGISTERED("2", "80") "2 1\n" },
	{ "a fault behind an object", POD80 "---\na: ]\n---\n" POD80, 0,
	  UNREGISTERED("4", "80") "6 broken-manifest: did not find expected node content, while "
				  "parsing a block node that starts at 6:4" BEHIND "1 0\n" },
	{ "a fault, and no object", "a: ]\n---\n" POD80, 0, "1 1\n" },
	{ "an error, which the caller tells", POD80, -EIO, "1 1\n" },
	{ "a key twice", "{apiVersion: v1, kind: X, b: 1, b: 2}\n", 0,
	  "1 broken-manifest: b: the key was given in line 1 already\n1 0\n" },
};

/* What is found, then how many documents there are, and how many of them are no objects. */
static void test_long(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;

	(void)state;
	check_int("new", check_new(&options, &check), 0);
	for (size_t i = 0; i < ARRAY_LEN(long_cases); i++) {
		struct given given = {
			.text = long_cases[i].text,
			.left = strlen(long_cases[i].text),
			.error = long_cases[i].error,
		};
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_reset(check);
		check_int("file", check_long_file(check, "f", give, &given), 0);
		check_int("finish", check_finish(check, &findings), 0);
		for (size_t k = 0; k < findings.len; k++)
			manifest_words(&findings.items[k], &out);
		buf_printf(&out, "%zu %zu\n", check_counts(check).documents,
			   check_counts(check).others);
		check_text(long_cases[i].name, out.data, long_cases[i].want);
	}
}

/* A list of so many pods comes in parts: each pod has its place, and the list is one document. */
static void test_long_list(void **state)
{
	static const char *const begins[] = { "apiVersion: v1\nitems:\n",
					      "apiVersion: v1\nkind: List\nitems:\n",
					      "apiVersion: v1\nkind: PodList\nitems:\n" };
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;
	enum { PODS = 3000, LAST = PODS - 1 };

	(void)state;
	check_int("new", check_new(&options, &check), 0);
	for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
		_cleanup_buf_ struct buf text = { 0 }, path = { 0 };
		_cleanup_findings_ struct findings findings = { 0 };
		struct given given;

		buf_puts(&text, begins[i]);
		for (int k = 0; k < PODS; k++)
			buf_printf(&text,
				   "- {%smetadata: {name: p%d, namespace: ns}, spec: {" HOST ONE(
					   "ports: [{containerPort: %d}]") "}}\n",
				   i == 2 ? "" : "apiVersion: v1, kind: Pod, ", k,
				   k == LAST ? 80 : 9100);
		buf_puts(&text, i ? "metadata: {}\n" : "kind: List\n");
		given = (struct given) { .text = text.data, .left = text.len };
		check_reset(check);
		check_int("file", check_long_file(check, "f", give, &given), 0);
		check_u64("documents", check_counts(check).documents, 1);
		check_u64("others", check_counts(check).others, 0);
		check_u64("objects", check_counts(check).objects, PODS);
		check_u64("pods", check_counts(check).pods, PODS);
		check_int("finish", check_finish(check, &findings), 0);
		/* All of them are on any node: each meets the first one. */
		check_u64("findings", findings.len, PODS - 1);
		buf_printf(&path, "$.items[%d].spec.containers[0].ports[0].containerPort", LAST);
		check_text("path", findings.items[PODS - 2].path, path.data);
		check_int("line", findings.items[PODS - 2].line, LAST + (i ? 4 : 3));
		check_text("rule", findings.items[PODS - 2].rule->id, "unregistered-port");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),	    cmocka_unit_test(test_templates),
		cmocka_unit_test(test_documents),   cmocka_unit_test(test_words),
		cmocka_unit_test(test_many_faults), cmocka_unit_test(test_broken_documents),
		cmocka_unit_test(test_result),	    cmocka_unit_test(test_long),
		cmocka_unit_test(test_long_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
