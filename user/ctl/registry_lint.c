// SPDX-License-Identifier: MIT
/* hostportctl registry lint: report what is wrong with layers. */
#include "verb.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../checks/lint/lint.h"
#include "registry_argument.h"
#include "report_options.h"

struct asked {
	struct node_options node;
	enum report_format format;
	enum severity least;
};

static const struct option_spec specs[] = {
	NODE_OPTION_REGISTRY(struct asked),
	REPORT_OPTIONS(struct asked, format, least),
};

static const struct options options = {
	.program = "hostportctl registry lint",
	.usage = "[options] [FILE...]",
	.summary =
		"Report what is wrong with the rows of a registry. Files are layers on top of those"
		" of --registry; without that option they are the registry. Exit status 1: there is"
		" a warning or an error that no layer accepts.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static int add_files(struct node_options *node, char **files, int n)
{
	_cleanup_buf_ struct buf err = { 0 };

	for (int i = 0; i < n; i++) {
		if (node_options_parse_registry(node, files[i], &err) == 0)
			continue;
		log_error("registry lint: %s: %s", files[i], err.data ? err.data : "no memory");
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static int print(const struct asked *asked, const struct registry *registry,
		 const struct findings *findings)
{
	const char *files[REGISTRY_LAYERS_MAX];
	const struct report report = {
		.tool = "hostportctl registry lint",
		.rules = lint_rules(),
		.findings = findings,
		.files = files,
		.files_len = registry->len,
	};
	_cleanup_buf_ struct buf text = { 0 };
	int status;

	for (size_t i = 0; i < registry->len; i++)
		files[i] = registry->layers[i].path;
	report_put(&report, asked->format, &text);
	status = verb_print(&text);
	if (status != EXIT_OK)
		return status;
	return findings_count(findings, SEVERITY_WARNING) ||
			       findings_count(findings, SEVERITY_ERROR) || findings->left_out ?
		       EXIT_FINDINGS :
		       EXIT_OK;
}

int registry_lint(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_findings_ struct findings findings = { 0 };
	struct asked asked = { .least = SEVERITY_NOTE };
	struct lint_facts facts = {
		.ephemeral_first = EPHEMERAL_FIRST,
		.ephemeral_last = EPHEMERAL_LAST,
	};
	int operands, status, r;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	status = add_files(&asked.node, argv + operands, argc - operands);
	if (status == EXIT_OK)
		status = registry_argument_find(ctl, &asked.node, NULL, &registry);
	if (status != EXIT_OK)
		return status;
	facts.today = node_options_facts(&asked.node).today;
	facts.least = asked.least;
	r = lint_registry(registry, &facts, &findings);
	return r < 0 ? verb_failed("registry lint", r) : print(&asked, registry, &findings);
}
