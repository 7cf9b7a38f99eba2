/* SPDX-License-Identifier: MIT */
/* How many ports of a range a set of ranges has. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../../../bpf/abi.h"

struct port_coverage {
	uint32_t count[HP_PORTS + 1]; /* first marks, then of the ports below each one */
};

/*
 * Put ranges into one that is zero; then close it, once, to ask it of ports up to
 * `last`. Often that is far below the last one of all.
 */
static inline void port_coverage_add(struct port_coverage *cover, uint16_t first, uint16_t last)
{
	cover->count[first]++;
	cover->count[last + 1]--;
}

static inline void port_coverage_close(struct port_coverage *cover, uint16_t last)
{
	uint32_t open = 0, sum = 0, here;

	for (uint32_t port = 0; port <= (uint32_t)last + 1; port++) {
		open += cover->count[port];
		here = open > 0;
		cover->count[port] = sum;
		sum += here;
	}
}

static inline uint32_t port_coverage_count(const struct port_coverage *cover, uint16_t first,
					   uint16_t last)
{
	return cover->count[last + 1] - cover->count[first];
}

static inline bool port_coverage_has(const struct port_coverage *cover, uint16_t port)
{
	return port_coverage_count(cover, port, port) > 0;
}
