// SPDX-License-Identifier: MIT
/* hostportctl registry diff: the differences between two registries. */
#include "verb.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../diff/compare.h"
#include "../diff/ratchet.h"
#include "../formats/layer_build.h"
#include "diff_listeners.h"
#include "registry_argument.h"
#include "report_options.h"

#define VERB "registry diff"

struct diff {
	struct node_options node; /* what the listeners' node is */
	enum report_format format;
	bool ratchet;
	const char *listeners;
	struct layer_pools pools;
};

static int parse_json(void *format, const char *value, struct buf *err)
{
	(void)value;
	(void)err;
	*(enum report_format *)format = REPORT_JSON;
	return 0;
}

static const struct option_spec specs[] = {
	{ "ratchet", NULL,
	  "report only what is more in B: exceptions, accepted findings and findings of lint",
	  OPTION_FLAG(struct diff, ratchet) },
	{ "listeners", "FILE",
	  "report what B would mean for the listeners of a node, as `listeners --json` prints "
	  "them; "
	  "- is standard input",
	  OPTION_TEXT(struct diff, listeners) },
	REPORT_OPTION_OUTPUT(struct diff, format),
	{ "json", NULL, "as --output=json", OPTION_PARSED(struct diff, format, parse_json) },
	NODE_OPTION_ROLE(struct diff, "of --listeners: what the node is (any)"),
	NODE_OPTION_PLATFORM(struct diff, "of --listeners: the cluster's platform (not known)"),
	NODE_OPTION_VERSION(struct diff, "of --listeners: the cluster's version (not known)"),
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

	if (diff->format == REPORT_JSON)
		differences_json(differences, operands[0], operands[1], &out);
	else
		differences_text(differences, operands[0], operands[1], &out);
	status = out.len || out.failed ? verb_print(&out) : EXIT_OK;
	if (status != EXIT_OK)
		return status;
	return differences->len ? EXIT_FINDINGS : EXIT_OK;
}

static int too_many(void)
{
	log_error(VERB ": too many rows name the same ports");
	return EXIT_USAGE;
}

static int print_differences(const struct diff *diff, const struct side *a, const struct side *b,
			     char **operands)
{
	_cleanup_differences_ struct differences differences = { 0 };
	int r = compare(&(struct compare_side) { a->registry, a->form },
			&(struct compare_side) { b->registry, b->form }, &differences);

	if (r == -E2BIG)
		return too_many();
	return r < 0 ? verb_failed(VERB, r) : print(diff, &differences, operands);
}

/* ---- reports ------------------------------------------------------------------------------- */
static int print_report(const struct diff *diff, const struct report *report)
{
	const struct findings *findings = report->findings;
	_cleanup_buf_ struct buf text = { 0 };
	int status;

	report_put(report, diff->format, &text);
	status = verb_print(&text);
	if (status != EXIT_OK)
		return status;
	return findings->len || findings->left_out ? EXIT_FINDINGS : EXIT_OK;
}

static int print_ratchet(const struct diff *diff, const struct side *a, const struct side *b)
{
	const struct lint_facts facts = {
		.today = node_options_facts(&diff->node).today,
		.ephemeral_first = EPHEMERAL_FIRST,
		.ephemeral_last = EPHEMERAL_LAST,
		.least = SEVERITY_WARNING,
	};
	_cleanup_findings_ struct findings findings = { 0 };
	const char *files[REGISTRY_LAYERS_MAX];
	const struct report report = {
		.tool = "hostportctl " VERB,
		.rules = ratchet_rules(),
		.findings = &findings,
		.files = files,
		.files_len = b->registry->len,
	};
	int r = ratchet(a->registry, b->registry, &facts, &findings);

	if (r == -E2BIG)
		return too_many();
	if (r < 0)
		return verb_failed(VERB, r);
	for (size_t i = 0; i < b->registry->len; i++)
		files[i] = b->registry->layers[i].path;
	return print_report(diff, &report);
}

static int print_upgrade(const struct diff *diff, const struct side *a, const struct side *b)
{
	_cleanup_(policy_freep) struct policy *from = NULL, *to = NULL;
	_cleanup_findings_ struct findings findings = { 0 };
	struct node_facts facts = node_options_facts(&diff->node);
	const struct report report = {
		.tool = "hostportctl " VERB,
		.rules = upgrade_rules(),
		.findings = &findings,
		.files = &diff->listeners,
		.files_len = 1,
	};
	struct upgrade upgrade = { .facts = &facts, .file = diff->listeners };
	int r, status;

	facts.knows_units = facts.knows_pods = true;
	r = policy_build(a->registry, &facts, &from);
	if (r == 0)
		r = policy_build(b->registry, &facts, &to);
	if (r < 0)
		return verb_failed(VERB, r);
	upgrade.from = (struct upgrade_side) { a->registry, from };
	upgrade.to = (struct upgrade_side) { b->registry, to };
	status = diff_listeners(VERB, &upgrade, &findings);
	if (status != EXIT_OK)
		return status;
	findings_sort(&findings);
	return print_report(diff, &report);
}

static int run(const struct diff *diff, char **operands)
{
	_cleanup_(side_done) struct side a = { 0 }, b = { 0 };
	int status = load(diff, &a, operands[0]);

	if (status == EXIT_OK)
		status = load(diff, &b, operands[1]);
	if (status != EXIT_OK)
		return status;
	if (diff->ratchet)
		return print_ratchet(diff, &a, &b);
	return diff->listeners ? print_upgrade(diff, &a, &b) :
				 print_differences(diff, &a, &b, operands);
}

static bool is_sound(const struct diff *diff)
{
	if (diff->ratchet && diff->listeners)
		log_error(VERB ": --ratchet and --listeners: one of them at a time");
	else if (!diff->ratchet && !diff->listeners && diff->format > REPORT_JSON)
		log_error(VERB ": --output: sarif, junit and openreports are for --ratchet and "
			       "--listeners");
	else
		return true;
	return false;
}

int registry_diff(const struct ctl *ctl, int argc, char **argv)
{
	struct diff diff = { 0 };
	int operands, status;

	if (verb_parse(&options, &diff, argc, argv, &operands, &status) != 0)
		return status;
	if (!is_sound(&diff))
		return EXIT_USAGE;
	if (argc - operands == 2)
		return run(&diff, argv + operands);
	log_error(VERB ": two registries are needed, A and B: try --help");
	return EXIT_USAGE;
}
