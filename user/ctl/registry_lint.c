// SPDX-License-Identifier: MIT
#include "../base/log.h"
#include "registry_verbs.h"

int registry_lint(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	log_error("registry lint: not in this version");
	return EXIT_USAGE;
}
