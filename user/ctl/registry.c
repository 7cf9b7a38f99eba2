// SPDX-License-Identifier: MIT
/* hostportctl registry: which of its verbs. */
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "registry_verbs.h"

static const struct {
	const char *name;
	int (*fn)(int argc, char **argv);
	const char *help;
} verbs[] = {
	{ "show", registry_show, "every row of every layer" },
	{ "lint", registry_lint, "what is wrong with the rows" },
	{ "import", registry_import, "a layer from a Markdown page or a communication matrix" },
	{ "export", registry_export, "the rows for people, firewalls and the kernel" },
	{ "diff", registry_diff, "what two registries do not have in common" },
	{ "next", registry_next, "free ports for a new row" },
};

static const struct options options = {
	.program = "hostportctl registry",
	.usage = "VERB [options]",
	.summary = "Work with registry files. Needs no agent and no privilege.",
	.operands = OPTIONS_STOP_AT_OPERAND,
};

static void put_verbs(FILE *out)
{
	(void)fputs("\nverbs:\n", out);
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		(void)fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].help);
	(void)fputs("\n`hostportctl registry VERB --help` tells of one.\n", out);
}

int verb_registry(const struct ctl *ctl, int argc, char **argv)
{
	int operands, status;
	int r = verb_parse(&options, NULL, argc, argv, &operands, &status);

	(void)ctl;
	if (r == OPTIONS_HELP)
		put_verbs(stdout);
	if (r != OPTIONS_OK)
		return status;
	argc -= operands;
	argv += operands;
	for (size_t i = 0; argc > 0 && i < ARRAY_LEN(verbs); i++)
		if (strcmp(argv[0], verbs[i].name) == 0)
			return verbs[i].fn(argc, argv);
	log_error("registry: %s: %s: try --help", argc > 0 ? "unknown verb" : "usage",
		  argc > 0 ? argv[0] : "a verb is missing");
	return EXIT_USAGE;
}
