// SPDX-License-Identifier: MIT
#include "../base/log.h"
#include "registry_verbs.h"

int registry_export(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	log_error("registry export: not in this version");
	return EXIT_USAGE;
}
