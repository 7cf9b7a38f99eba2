// SPDX-License-Identifier: MIT
#include "terminal.h"

#include <stdlib.h>
#include <unistd.h>

bool terminal_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}
