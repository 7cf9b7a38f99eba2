// SPDX-License-Identifier: MIT
#include "../base/log.h"
#include "registry_verbs.h"

int registry_import(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	log_error("registry import: not in this version");
	return EXIT_USAGE;
}
