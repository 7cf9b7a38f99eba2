// SPDX-License-Identifier: MIT
/* What clashes in a directory, and across directories and files that are alternatives. */
#include "manifest_cases.h"

#define PORT	       HOST ONE("ports: [{containerPort: 9100}]")
#define DS(name, spec) WORKLOAD("DaemonSet", name, spec)

#define FILES_MAX      3
#define OTHER(name)    WORKLOAD("Deployment", name, ONE(""))
#define NAMELESS       "apiVersion: apps/v1\nkind: Deployment\n" TEMPLATE(ONE("")) "\n"

static const struct {
	const char *name;
	const char *files[FILES_MAX];
	const char *texts[FILES_MAX];
	const char *want; /* FILE RULE, a line each */
} directory_cases[] = {
	{ "alternatives",
	  { "aws/n.yaml", "azure/n.yaml" },
	  { DS("a", PORT), DS("b", PORT) },
	  "azure/n.yaml possible-conflict\n" },
	{ "one directory",
	  { "x/y/a.yaml", "x/y/b.yaml" },
	  { DS("a", PORT), DS("b", PORT) },
	  "x/y/b.yaml port-conflict\n" },
	{ "a directory and one in it",
	  { "x/a.yaml", "x/y/b.yaml" },
	  { DS("a", PORT), DS("b", PORT) },
	  "x/y/b.yaml possible-conflict\n" },
	{ "no directory, and one",
	  { "a.yaml", "x/b.yaml" },
	  { DS("a", PORT), DS("b", PORT) },
	  "x/b.yaml possible-conflict\n" },
	{ "a longer name",
	  { "x/a.yaml", "xx/b.yaml" },
	  { DS("a", PORT), DS("b", PORT) },
	  "xx/b.yaml possible-conflict\n" },
	{ "standard input and a file",
	  { "<stdin>", "b.yaml" },
	  { DS("a", PORT), DS("b", PORT) },
	  "b.yaml port-conflict\n" },
	{ "the error, though the note comes first",
	  { "aws/n.yaml", "azure/a.yaml", "azure/b.yaml" },
	  { DS("a", PORT), DS("b", PORT), DS("c", PORT) },
	  "azure/a.yaml possible-conflict\nazure/b.yaml port-conflict\n" },
	{ "one note for three alternatives",
	  { "a/n.yaml", "b/n.yaml", "c/n.yaml" },
	  { DS("a", PORT), DS("b", PORT), DS("c", PORT) },
	  "b/n.yaml possible-conflict\nc/n.yaml possible-conflict\n" },
	{ "one pod",
	  { "a/n.yaml" },
	  { POD(HOST ONE("ports: [{containerPort: 9100}, {containerPort: 9100}]")) },
	  "a/n.yaml port-conflict\n" },
	{ "alternatives in one directory",
	  { "x/a.yaml", "x/b.yaml" },
	  { DS("a", PORT) "---\n" OTHER("c"), OTHER("c") "---\n" DS("b", PORT) },
	  "x/b.yaml possible-conflict\n" },
	{ "alternatives, and one that goes with the second",
	  { "x/a.yaml", "x/b.yaml", "x/c.yaml" },
	  { DS("a", PORT) "---\n" OTHER("c"), DS("b", PORT) "---\n" OTHER("c"), DS("c", PORT) },
	  "x/b.yaml possible-conflict\nx/c.yaml port-conflict\n" },
	{ "in common is a name, of objects of two kinds",
	  { "x/a.yaml", "x/b.yaml" },
	  { DS("a", PORT) "---\n" OTHER("c"),
	    DS("b", PORT) "---\n" WORKLOAD("StatefulSet", "c", ONE("")) },
	  "x/b.yaml port-conflict\n" },
	{ "in common is a pod",
	  { "x/a.yaml", "x/b.yaml" },
	  { DS("a", PORT) "---\n" POD(ONE("")), DS("b", PORT) "---\n" POD(ONE("")) },
	  "x/b.yaml port-conflict\n" },
	{ "in common is a patch without a name",
	  { "x/a.yaml", "x/b.yaml" },
	  { DS("a", PORT) "---\n" NAMELESS, DS("b", PORT) "---\n" NAMELESS },
	  "x/b.yaml port-conflict\n" },
	{ "in one file, twice",
	  { "x/a.yaml" },
	  { DS("a", PORT) "---\n" OTHER("c") "---\n" DS("b", PORT) "---\n" OTHER("c") },
	  "x/a.yaml port-conflict\n" },
	{ "a patch without a name",
	  { "a.yaml", "b.yaml" },
	  { DS("a", PORT), "apiVersion: apps/v1\nkind: DaemonSet\n" TEMPLATE(PORT) "\n" },
	  "" },
	{ "a patch without a namespace",
	  { "a.yaml", "b.yaml" },
	  { DS("a", PORT),
	    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a}\n" TEMPLATE(PORT) "\n" },
	  "" },
	{ "an object of another name without a namespace",
	  { "a.yaml", "b.yaml" },
	  { DS("a", PORT),
	    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: b}\n" TEMPLATE(PORT) "\n" },
	  "b.yaml port-conflict\n" },
};

static void test_directories(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(directory_cases); i++) {
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		size_t n = 0;

		while (n < FILES_MAX && directory_cases[i].files[n])
			n++;
		manifest_check_files(&options, directory_cases[i].files, directory_cases[i].texts,
				     n, &findings, NULL);
		buf_puts(&out, "");
		for (size_t j = 0; j < findings.len; j++)
			buf_printf(&out, "%s %s\n", findings.items[j].file,
				   findings.items[j].rule->id);
		check_text(directory_cases[i].name, out.data, directory_cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
