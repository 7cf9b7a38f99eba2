/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * All that we write is UTF-8, whatever the locale says: in a container and under a service manager
 * it says nothing. Call it first in main(): the width of a table's cells depends on it.
 */
void terminal_use_utf8(void);

/* Is standard output a terminal, and does its user want colours (NO_COLOR unset or empty)? */
bool terminal_colour(void);

enum terminal_form {
	TERMINAL_TEXT,
	TERMINAL_COLOUR, /* the sequences that set colours may stand in it */
	TERMINAL_JSON,
};

/*
 * Append a line from another process, escaped again: what a terminal may obey (utf8.h)
 * is made visible, in JSON without changing its value. A line that is escaped already
 * does not change.
 */
void terminal_put(const char *line, size_t len, enum terminal_form form, struct buf *out);
