// SPDX-License-Identifier: MIT
/* hostportctl registry: which of its verbs. */
#include "verb.h"

static const struct verb verbs[] = {
	{ "show", registry_show, "every row of every layer" },
	{ "lint", registry_lint, "what is wrong with the rows" },
	{ "import", registry_import, "a layer from a Markdown page or a communication matrix" },
	{ "export", registry_export, "the rows for people, firewalls and the kernel" },
	{ "diff", registry_diff, "the differences between two registries" },
	{ "next", registry_next, "free ports for a new row" },
};

static const struct options options = {
	.program = "hostportctl registry",
	.usage = "VERB [options]",
	.summary = "Work with registry files. Needs no agent and no privilege.",
	.operands = OPTIONS_STOP_AT_OPERAND,
};

int verb_registry(const struct ctl *ctl, int argc, char **argv)
{
	struct ctl copy = *ctl; /* it has no option that would change it */

	return verb_run(&options, verbs, ARRAY_LEN(verbs), &copy, argc, argv);
}
