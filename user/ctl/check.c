// SPDX-License-Identifier: MIT
#include "../base/log.h"
#include "verbs.h"

int verb_check(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argc;
	(void)argv;
	log_error("check: not in this version");
	return EXIT_USAGE;
}
