// SPDX-License-Identifier: MIT
/* hostportctl registry diff: the differences between two registries. */
#include "verb.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../diff/compare.h"
#include "../formats/layer_build.h"
#include "registry_argument.h"

#define VERB "registry diff"

struct diff {
	bool json;
	struct layer_pools pools;
};

static const struct option_spec specs[] = {
	{ "json", NULL, "one JSON document", OPTION_FLAG(struct diff, json) },
	REGISTRY_ARGUMENT_POOL(struct diff),
};

static const struct options options = {
	.program = "hostportctl registry diff",
	.usage = "[options] A B",
	.summary = "Compare two registries by protocol and port. Each is builtin:NAME, a file, a "
		   "directory, or "
		   "several of these, separated by commas; or a page (.md), or a matrix (.csv).",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* One side of the comparison. */
struct side {
	struct registry *registry;
	enum compare_form form;
	char *parts; /* the operand, cut at its commas */
	struct node_options node;
};

static void side_done(struct side *side)
{
	registry_free(side->registry);
	free(side->parts);
}

/* Cut the operand at its commas. An exit status. */
static int split_operand(struct side *side, const char *operand)
{
	char *at, *part;

	side->parts = at = strdup(operand);
	if (!at)
		return verb_failed(VERB, -ENOMEM);
	while ((part = strsep(&at, ","))) {
		if (*part == '\0') {
			log_error(VERB ": %s: an empty name between commas", operand);
			return EXIT_USAGE;
		}
		if (side->node.registries_len == ARRAY_LEN(side->node.registries)) {
			log_error(VERB ": %s: more than %zu layers", operand,
				  ARRAY_LEN(side->node.registries));
			return EXIT_USAGE;
		}
		side->node.registries[side->node.registries_len++] = part;
	}
	return EXIT_OK;
}

/* Make a registry of one layer from a page or a matrix. */
static int load_import(const struct diff *diff, struct side *side, enum import_format format,
		       const char *path)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct layer_source source = { .file = path, .pools = &diff->pools };
	int status = registry_argument_read(VERB, path, &text);
	char name[64];

	if (status != EXIT_OK)
		return status;
	layer_name_of(path, name);
	source.text = text.data ? text.data : "";
	source.len = text.len;
	source.name = name;
	status = registry_argument_import(VERB, format, &source, NULL, &layer);
	if (status != EXIT_OK)
		return status;
	format = import_format_exactly(format, source.text, source.len);
	if (format == IMPORT_MARKDOWN)
		side->form = COMPARE_MARKDOWN;
	else if (format == IMPORT_MATRIX)
		side->form = COMPARE_MATRIX;
	side->registry = calloc(1, sizeof(*side->registry));
	if (side->registry && registry_add(side->registry, TAKE_PTR(layer), &diags) == 0)
		return EXIT_OK;
	log_error(VERB ": %s: %s", path, strerror(ENOMEM));
	return EXIT_SYSTEM;
}

static int load(const struct diff *diff, struct side *side, const char *operand)
{
	int status = split_operand(side, operand), format = -EINVAL;

	if (status != EXIT_OK)
		return status;
	for (size_t i = 0; i < side->node.registries_len && format < 0; i++)
		format = import_format_of_name(side->node.registries[i]);
	if (format < 0)
		return registry_argument_load(&side->node, &side->registry);
	if (side->node.registries_len == 1)
		return load_import(diff, side, (enum import_format)format, operand);
	log_error(VERB
		  ": %s: a page or a matrix can't be combined; make a layer with `registry import`",
		  operand);
	return EXIT_USAGE;
}

static int print(const struct diff *diff, const struct differences *differences, char **operands)
{
	_cleanup_buf_ struct buf out = { 0 };
	int status;

	if (diff->json)
		differences_json(differences, operands[0], operands[1], &out);
	else
		differences_text(differences, operands[0], operands[1], &out);
	status = out.len || out.failed ? verb_print(&out) : EXIT_OK;
	if (status != EXIT_OK)
		return status;
	return differences->len ? EXIT_FINDINGS : EXIT_OK;
}

static int run(const struct diff *diff, char **operands)
{
	_cleanup_(side_done) struct side a = { 0 }, b = { 0 };
	_cleanup_differences_ struct differences differences = { 0 };
	int status = load(diff, &a, operands[0]), r;

	if (status == EXIT_OK)
		status = load(diff, &b, operands[1]);
	if (status != EXIT_OK)
		return status;
	r = compare(&(struct compare_side) { a.registry, a.form },
		    &(struct compare_side) { b.registry, b.form }, &differences);
	if (r == -E2BIG) {
		log_error(VERB ": too many rows name the same ports");
		return EXIT_USAGE;
	}
	return r < 0 ? verb_failed(VERB, r) : print(diff, &differences, operands);
}

int registry_diff(const struct ctl *ctl, int argc, char **argv)
{
	struct diff diff = { 0 };
	int operands, status;

	if (verb_parse(&options, &diff, argc, argv, &operands, &status) != 0)
		return status;
	if (argc - operands == 2)
		return run(&diff, argv + operands);
	log_error(VERB ": two registries are needed, A and B: try --help");
	return EXIT_USAGE;
}
