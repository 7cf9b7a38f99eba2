// SPDX-License-Identifier: MIT
#include "paint.h"

void paint_reset(struct paint *paint)
{
	for (uint32_t port = 0; port <= HP_PORTS; port++)
		paint->next[port] = port;
}

uint32_t paint_next(struct paint *paint, uint32_t port)
{
	while (paint->next[port] != port) {
		/* Halve the way for those who come after. */
		paint->next[port] = paint->next[paint->next[port]];
		port = paint->next[port];
	}
	return port;
}
