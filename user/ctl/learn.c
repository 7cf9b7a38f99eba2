// SPDX-License-Identifier: MIT
#include "../base/log.h"
#include "verbs.h"

int verb_learn(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argc;
	(void)argv;
	log_error("learn: not in this version");
	return EXIT_USAGE;
}
