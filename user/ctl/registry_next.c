// SPDX-License-Identifier: MIT
#include "../base/log.h"
#include "registry_verbs.h"

int registry_next(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	log_error("registry next: not in this version");
	return EXIT_USAGE;
}
