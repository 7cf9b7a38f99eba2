/* SPDX-License-Identifier: MIT */
/*
 * Fills ports by overlapping ranges, each port once: all ranges together visit each port
 * once (a union-find over "the next port that is not filled"), so that a registry of
 * 131,072 rows of all ports costs no more than one of small rows. Pure.
 */
#pragma once

#include <stdint.h>
#include <string.h>

#include "../../bpf/abi.h"

struct interval_fill {
	uint32_t skip[HP_PORTS + 1]; /* 0: not filled; else a step towards the next such port */
};

/* Make no port filled. */
static inline void interval_fill_reset(struct interval_fill *fill)
{
	memset(fill->skip, 0, sizeof(fill->skip));
}

/* The first port from `port` on that is not filled; HP_PORTS when there is none. */
static inline uint32_t interval_fill_next(struct interval_fill *fill, uint32_t port)
{
	uint32_t skip;

	while ((skip = fill->skip[port])) {
		/* Halve the way for the next visits. */
		skip += fill->skip[port + skip];
		fill->skip[port] = skip;
		port += skip;
	}
	return port;
}

static inline void interval_fill_take(struct interval_fill *fill, uint32_t port)
{
	fill->skip[port] = 1;
}
