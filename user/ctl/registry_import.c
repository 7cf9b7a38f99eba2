// SPDX-License-Identifier: MIT
/* hostportctl registry import: make a layer from the page or from a communication matrix. */
#include "verb.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../formats/layer_build.h"
#include "registry_argument.h"

#define VERB "registry import"

struct import {
	int format; /* enum import_format; -EINVAL: not given */
	const char *name, *source;
	struct layer_pools pools;
};

static const struct option_spec specs[] = {
	{ "format", "md|csv", "what the file is (by its name's ending, or its first line)",
	  OPTION_WORD(struct import, format, IMPORT_MARKDOWN, IMPORT_MATRIX) },
	{ "name", "NAME", "the layer's name (the file's, without what follows the last dot)",
	  OPTION_PARSED(struct import, name, verb_parse_layer_name) },
	{ "source", "TEXT", "where the facts come from (the file's name)",
	  OPTION_STRING(struct import, source) },
	REGISTRY_ARGUMENT_POOL(struct import),
};

static const struct options options = {
	.program = "hostportctl registry import",
	.usage = "[options] FILE|-",
	.summary = "Make a registry file from the Host Port Registry page (Markdown), from a "
		   "communication matrix (CSV), or from a CSV of registry export.",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static int find_format(const struct import *import, const char *path, const struct buf *text)
{
	int format = import->format;

	if (format < 0)
		format = import_format_of_name(path);
	if (format < 0)
		format = import_format_of_text(text->data ? text->data : "", text->len);
	if (format < 0)
		log_error(VERB ": %s: neither a page nor a matrix, by its name and its first line: "
			       "use --format=",
			  path);
	return format;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int convert(const struct import *import, const char *path)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_buf_ struct buf text = { 0 }, yaml = { 0 };
	bool is_input = strcmp(path, "-") == 0;
	char name[64];
	struct layer_source source = { .file = is_input ? "standard input" : path };
	int status = registry_argument_read(VERB, path, &text), format;

	if (status != EXIT_OK)
		return status;
	format = find_format(import, path, &text);
	if (format < 0)
		return EXIT_USAGE;
	layer_name_of(path, name);
	source.text = text.data ? text.data : "";
	source.len = text.len;
	source.pools = &import->pools;
	source.name = import->name ? import->name : name;
	source.facts = import->source ? import->source : is_input ? NULL : base_name(path);
	status = registry_argument_import(VERB, (enum import_format)format, &source, &yaml, &layer);
	return status == EXIT_OK ? verb_print(&yaml) : status;
}

int registry_import(const struct ctl *ctl, int argc, char **argv)
{
	struct import import = { .format = -EINVAL };
	int operands, status;

	if (verb_parse(&options, &import, argc, argv, &operands, &status) != 0)
		return status;
	if (argc - operands == 1)
		return convert(&import, argv[operands]);
	log_error(VERB ": one FILE is needed, or - for standard input: try --help");
	return EXIT_USAGE;
}
