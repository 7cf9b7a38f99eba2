// SPDX-License-Identifier: MIT
/* A chart has one finding about its templates. */
#include "manifest_cases.h"

#include "../../user/checks/manifest/template.h"

static const struct {
	const char *file;
	const char *chart; /* that it is in, or NULL */
} files[] = {
	{ "a/x.yaml", NULL },
	{ "a/b/Chart.yaml", "a/b/" },
	{ "a/b/charts/c/Chart.yaml", "a/b/" },
	{ "a/b/charts/c/templates/x.yaml", "a/b/" },
	{ "a/b/crds/x.yaml", "a/b/" },
	{ "a/b/templates/d/x.yaml", "a/b/" },
	{ "a/bc/x.yaml", NULL },
	{ "a/d/templates/x.yaml", "a/d/" },
	{ "a/d/templates/y.yaml", "a/d/" },
	{ "a/e/templates/y.yaml", "a/e/" },
	{ "a/templatesx/y.yaml", NULL },
	{ "templates/y.yaml", NULL },
	{ "a/x-Chart.yaml", NULL },
	{ "Chart.yaml", "" },
	{ "templates/y.yaml", "" },
};

static void test_charts(void **state)
{
	struct model model = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		template_enter(&model, files[i].file);
		check_text(files[i].file, model.chart, files[i].chart);
	}
	arena_free(&model.arena);
}

static void test_once(void **state)
{
	struct model model = { 0 };

	(void)state;
	template_enter(&model, "x.yaml");
	check_int("no chart", template_is_new(&model), true);
	check_int("no chart, again", template_is_new(&model), true);
	template_enter(&model, "a/Chart.yaml");
	check_int("a chart", template_is_new(&model), true);
	template_enter(&model, "a/templates/x.yaml");
	check_int("a chart, again", template_is_new(&model), false);
	template_enter(&model, "b/Chart.yaml");
	check_int("another chart", template_is_new(&model), true);
	arena_free(&model.arena);
}

/* Both kinds of findings are one; a file of the chart that is no template is checked. */
static void test_chart(void **state)
{
	static const char *const names[] = { "a/Chart.yaml", "a/templates/1.yaml",
					     "a/templates/2.yaml", "a/templates/3.yaml", "b.yaml" };
	static const char *const texts[] = {
		"apiVersion: v2\nname: a\n",
		"apiVersion: v1\nkind: Role\nmetadata: {name: {{ x }}}\n",
		"apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ x }}'}\nspec: {" HOST ONE(
			"") "}\n",
		POD(HOST ONE("ports: [{containerPort: 80}]")),
		"apiVersion: v1\nkind: Pod\nmetadata: {name: {{ x }}}\nspec: {" HOST ONE("") "}\n",
	};
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	manifest_check_files(&options, names, texts, ARRAY_LEN(names), &findings, NULL);
	for (size_t i = 0; i < findings.len; i++)
		manifest_words(&findings.items[i], &out);
	check_text(
		"findings", out.data,
		"3 template: a template of a chart, not a manifest: render it first -> check "
		"what the chart renders to: helm template a/ | hostportctl check -\n"
		"4 unregistered-port: tcp 80 of Pod ns/p, container c: no row of the registry "
		"names the port -> add a row: {ports: 80, protocol: tcp, process: c}, or take a "
		"port of the documented range 9000-9999\n"
		"3 template: a template, not a manifest: render it first -> check what it "
		"renders to: oc process, kustomize build or envsubst, and then hostportctl check "
		"-\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_charts),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_chart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
