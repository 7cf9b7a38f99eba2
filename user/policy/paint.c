// SPDX-License-Identifier: MIT
#include "paint.h"

#include <string.h>

void paint_reset(struct paint *paint)
{
	memset(paint->skip, 0, sizeof(paint->skip));
}

uint32_t paint_next(struct paint *paint, uint32_t port)
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
