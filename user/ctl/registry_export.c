// SPDX-License-Identifier: MIT
/* hostportctl registry export: the registry in another format. */
#include "verb.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/suggest.h"
#include "../formats/export.h"
#include "../formats/layer_build.h"
#include "../registry/port_ranges.h"
#include "registry_argument.h"

#define VERB "registry export"

struct export
{
	struct node_options node;
	const struct export_format *format;
	const char *name;
	uint16_t first, last;
};

static const char *format_name(const void *formats, size_t n)
{
	size_t len;

	(void)export_formats(&len);
	return n < len ? ((const struct export_format *)formats)[n].name : NULL;
}

static int parse_format(void *field, const char *value, struct buf *err)
{
	const struct export_format *format = export_format_find(value), *formats;
	size_t n;

	if (format) {
		*(const struct export_format **)field = format;
		return 0;
	}
	formats = export_formats(&n);
	buf_puts(err, "not one of");
	for (size_t i = 0; i < n; i++)
		buf_printf(err, "%s %s", i ? "," : "", formats[i].name);
	suggest_put(value, format_name, formats, err);
	return -EINVAL;
}

static int parse_ephemeral(void *options, const char *value, struct buf *err)
{
	struct export *export = options;

	if (reg_ports_parse(value, &export->first, &export->last) == 0)
		return 0;
	buf_puts(err, "not a range of ports: FIRST-LAST");
	return -EINVAL;
}

static const struct option_spec specs[] = {
	NODE_OPTION_REGISTRY(struct export),
	{ "format", "FORMAT",
	  "yaml: one registry file\nmd: the page's tables, in Markdown\njson: as `show --json`\n"
	  "csv: for spreadsheets\nhtml: a page for browsers\nand of one node: nft: an nftables "
	  "ruleset\nbutane: for a "
	  "MachineConfig\nmachineconfig: that itself, in JSON\n"
	  "reserved-ports: for sysctl.d\nvap: a ValidatingAdmissionPolicy for host ports of pods",
	  OPTION_PARSED(struct export, format, parse_format) },
	{ "name", "NAME",
	  "yaml: the layer's name (its own; exported, where several become one)\n"
	  "vap: that of its objects (host-port-registry, host-port-registry-ROLE)",
	  OPTION_PARSED(struct export, name, verb_parse_layer_name) },
	NODE_OPTION_ROLE(struct export, "of one node: rows of another role don't hold (any)"),
	NODE_OPTION_PLATFORM(struct export,
			     "of one node: rows of other platforms don't hold (not known)"),
	NODE_OPTION_VERSION(struct export, "of one node: rows since a later version don't hold, "
					   "rows removed later do (not known)"),
	NODE_OPTION_ENFORCE(struct export),
	{ "ephemeral", "FIRST-LAST", "of one node: ports that the kernel hands out (32768-60999)",
	  OPTION_PARSED_WHOLE(parse_ephemeral) },
};

static const struct options options = {
	.program = "hostportctl registry export",
	.usage = "--format=FORMAT [options]",
	.summary = "Write the registry in another format, to standard output.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* Print the notes of a writer: why it failed, or what it left out. */
static void print_notes(const struct export *export, const struct buf *notes, bool failed)
{
	const char *line = notes->data ? notes->data : "", *end;

	for (; *line; line = end + (*end != '\0')) {
		end = strchrnul(line, '\n');
		if (failed)
			log_error(VERB ": %s: %.*s", export->format->name, (int)(end - line), line);
		else
			log_warning(VERB ": %s: %.*s", export->format->name, (int)(end - line),
				    line);
	}
}

static int write_out(const struct export *export, const struct export_job *job)
{
	_cleanup_buf_ struct buf out = { 0 }, notes = { 0 };
	int r = export->format->write(job, &out, &notes);

	print_notes(export, &notes, r < 0);
	if (r < 0 && notes.len == 0)
		log_error(VERB ": %s: %s", export->format->name, strerror(-r));
	if (r < 0)
		return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
	return verb_print(&out);
}

static int export_registry(const struct export *export, const struct registry *registry)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct node_facts facts = node_options_facts(&export->node);
	struct export_job job = {
		.registry = registry,
		.name = export->name,
		.facts = &facts,
		.denies = export->node.denies,
		.first = export->first,
		.last = export->last,
	};
	int r = export->format->node ? policy_build(registry, &facts, &policy) : 0;

	if (r < 0)
		return verb_failed(VERB, r);
	job.policy = policy;
	return write_out(export, &job);
}

int registry_export(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	struct export export = { .first = EPHEMERAL_FIRST, .last = EPHEMERAL_LAST };
	int operands, status;

	if (verb_parse(&options, &export, argc, argv, &operands, &status) != 0)
		return status;
	if (!export.format) {
		log_error(VERB ": --format= is missing: try --help");
		return EXIT_USAGE;
	}
	status = registry_argument_find(ctl, &export.node, NULL, &registry);
	return status == EXIT_OK ? export_registry(&export, registry) : status;
}
