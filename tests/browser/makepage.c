// SPDX-License-Identifier: MIT
/*
 * Writes the page of a registry to standard output, without an agent.
 *
 *   makepage [--title=TEXT] [--listeners=FILE] [--violations=FILE] [--role=ROLE] [--finding]
 * [LAYER...]
 *
 * LAYER is as for --registry of the programs; FILE is a document of
 * `hostportctl listeners --json`, or a list of events. --finding adds a finding of port 9100.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../../user/base/options.h"
#include "../../user/formats/html/page.h"
#include "../../user/source/node_options.h"
#include "../../user/source/source.h"
#include "../../user/source/source_file.h"

struct asked {
	struct node_options node;
	const char *title, *listeners, *violations;
	bool finding;
};

static const struct option_spec specs[] = {
	{ "title", "TEXT", "the page's title", OPTION_STRING(struct asked, title) },
	{ "listeners", "FILE", "a document of listeners", OPTION_STRING(struct asked, listeners) },
	{ "violations", "FILE", "a list of events", OPTION_STRING(struct asked, violations) },
	{ "finding", NULL, "with a finding", OPTION_FLAG(struct asked, finding) },
	NODE_OPTION_ROLE(struct asked, "of the node"),
};

static const struct options options = {
	.program = "makepage",
	.usage = "[options] [LAYER...]",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* 0, or 1 after saying why not. */
static int read_json(const char *path, struct json **ret)
{
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && source_read(fd, JSON_BYTES_MAX, &text) == 0 &&
	    json_parse(text.data, text.len, &err, ret) == 0)
		return 0;
	(void)fprintf(stderr, "makepage: %s: %s\n", path, err.data ? err.data : "not read");
	return 1;
}

static void add_finding(struct findings *findings)
{
	static const struct rule rule = { "demo-rule", SEVERITY_WARNING, "R2", "s", "h" };
	struct finding *f = findings_add(findings, &rule, "<b>10-site.yaml", 3, 5,
					 "port 9100 is %s", "<script>pwned=1</script>");

	finding_set_port(f, HP_PROTO_TCP, 9100);
	finding_suggest(f, "choose another");
}

static int write_page(const struct asked *asked, const struct registry *registry,
		      const struct json *listeners, const struct json *violations)
{
	_cleanup_findings_ struct findings findings = { 0 };
	struct node_facts facts = node_options_facts(&asked->node);
	_cleanup_buf_ struct buf out = { 0 };
	struct page page = {
		.registry = registry,
		.facts = asked->node.role == REG_ROLE_MAX ? NULL : &facts,
		.listeners = listeners,
		.violations = violations,
		.findings = asked->finding ? &findings : NULL,
		.title = asked->title,
		.generated = "Made for the browser tests",
	};

	if (asked->finding)
		add_finding(&findings);
	html_page_put(&page, &out);
	if (out.failed || fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
		return 1;
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_(json_freep) struct json *listeners = NULL, *violations = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf err = { 0 };
	struct asked asked = { .node.role = REG_ROLE_MAX };
	int operands;

	if (options_parse(&options, &asked, argc, argv, &operands, &err) != OPTIONS_OK ||
	    source_load((const char *const *)argv + operands, (size_t)(argc - operands), &diags,
			&registry) < 0) {
		diags_text(&diags, &err);
		(void)fprintf(stderr, "%s\n", err.data ? err.data : "makepage: failed");
		return 2;
	}
	if (asked.listeners && read_json(asked.listeners, &listeners) != 0)
		return 2;
	if (asked.violations && read_json(asked.violations, &violations) != 0)
		return 2;
	return write_page(&asked, registry, listeners, violations);
}
