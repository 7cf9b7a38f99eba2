/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* Is standard output a terminal, and does its user want colours (NO_COLOR unset or empty)? */
bool terminal_colour(void);
