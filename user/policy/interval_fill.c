// SPDX-License-Identifier: MIT
#include "interval_fill.h"

#include <string.h>

void interval_fill_reset(struct paint *paint)
{
	memset(paint->skip, 0, sizeof(paint->skip));
}

uint32_t interval_fill_next(struct paint *paint, uint32_t port)
{
	uint32_t skip;

	while ((skip = paint->skip[port])) {
		/* Halve the way for those who come after. */
		skip += paint->skip[port + skip];
		paint->skip[port] = skip;
		port += skip;
	}
	return port;
}
