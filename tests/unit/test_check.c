// SPDX-License-Identifier: MIT
/* What a check of several files says and counts; and what its options change. */
#include "manifest_cases.h"

#include "../../user/checks/manifest/check_state.h"

#define SPEC		    "{" HOST ONE("ports: [{containerPort: 80}]") "}"
#define OF(api, kind, more) "apiVersion: " api "\nkind: " kind "\nmetadata: {name: n}\n" more "\n"

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
		   "declares; no row of the registry names the port");
	check_text("an address", findings.items[4].message,
		   ":2 has container c of DaemonSet x/d listen on port 2, which no container "
		   "declares; no row of the registry names the port");
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

/* Findings in a block have its lines; those in other texts the place of the text. */
static void test_embedded(void **state)
{
	static const char *const texts[] = {
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  a: b\n  p.yaml: |\n"
		"    apiVersion: v1\n    kind: Pod\n    metadata: {name: p}\n    spec:\n"
		"      hostNetwork: true\n      containers:\n      - name: c\n        image: i\n"
		"        ports:\n        - containerPort: 80\n  q.yaml: \"apiVersion: v1\\nkind: "
		"Pod\\n"
		"metadata: {name: q}\\nspec: {hostNetwork: true, containers: [{name: c, image: i, "
		"args: ['--port=81']}]}\"\n",
	};
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	manifest_check(&options, texts, 1, &findings, NULL);
	check_int("findings", (long long)findings.len, 2);
	check_int("line in a block", findings.items[0].line, 16);
	check_int("column in a block", findings.items[0].column, 1);
	check_text("path", findings.items[0].path,
		   "$.data['p.yaml'].spec.containers[0].ports[0].containerPort");
	check_int("line in a text", findings.items[1].line, 17);
	check_int("column in a text", findings.items[1].column, 11);
	check_text("path", findings.items[1].path, "$.data['q.yaml'].spec.containers[0].args[0]");
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
	check_int("documents", (long long)counts.documents, 5);
	check_int("others", (long long)counts.others, 2);
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

/* What holds nothing that rules need takes no memory; the file's name is given back, too. */
static void test_memory(void **state)
{
	static const char nothing[] = OF("v1", "ConfigMap", "data: {a: b}");
	static const char pod[] = OF("v1", "Pod", "spec: " SPEC);
	static const char service[] =
		OF("v1", "Service", "spec: {selector: {a: b}, ports: [{port: 1}]}");
	static const char annotated[] =
		"apiVersion: v1\nkind: X\nmetadata: {annotations: {ignore.hostportd.io/template: "
		"o}}\n";
	static const struct {
		const char *text;
		bool kept;
	} files[] = { { nothing, false }, { pod, true }, { service, true }, { annotated, true } };
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		_cleanup_(check_freep) struct check *check = NULL;
		struct arena_mark before, after;

		check_int("new", check_new(&options, &check), 0);
		(void)arena_text(&check->model.arena, "first");
		before = arena_mark(&check->model.arena);
		check_int("file", check_file(check, "f", files[i].text, strlen(files[i].text)), 0);
		after = arena_mark(&check->model.arena);
		assert_ptr_equal(before.chunk, after.chunk);
		check_int(files[i].text, after.used > before.used, files[i].kept);
	}
}

/* Findings come in the order of files and lines, not of rules; each file is looked at once. */
static void test_order(void **state)
{
	static const char *const texts[] = {
		OF("v1", "Pod", "spec: " SPEC) "---\na: ]\n",
		"apiVersion: v1\nkind: Pod\nmetadata: {name: m}\nspec: " SPEC "\n",
	};
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	manifest_lines(&options, texts, ARRAY_LEN(texts), &out);
	check_text("findings", out.data,
		   "unregistered-port tcp/80 $.spec.containers[0].ports[0].containerPort\n"
		   "broken-manifest\n"
		   "unregistered-port tcp/80 $.spec.containers[0].ports[0].containerPort\n"
		   "port-conflict tcp/80 $.spec.containers[0].ports[0].containerPort\n");
}

/* After a reset, what was read before neither conflicts nor counts. */
static void test_reset(void **state)
{
	static const char first[] = OF("v1", "Pod", "spec: " SPEC);
	static const char second[] =
		"apiVersion: v1\nkind: Pod\nmetadata: {name: m}\nspec: " SPEC "\n";
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	check_int("new", check_new(&options, &check), 0);
	check_int("file", check_file(check, "f", first, strlen(first)), 0);
	check_reset(check);
	check_u64("pods", check_counts(check).pods, 0);
	check_int("file", check_file(check, "g", second, strlen(second)), 0);
	check_int("finish", check_finish(check, &findings), 0);
	check_u64("findings", findings.len, 1);
	check_text("file", findings.items[0].file, "g");
	check_u64("taken", check->findings.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),	 cmocka_unit_test(test_json),
		cmocka_unit_test(test_embedded), cmocka_unit_test(test_counts),
		cmocka_unit_test(test_options),	 cmocka_unit_test(test_memory),
		cmocka_unit_test(test_order),	 cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
