/* SPDX-License-Identifier: MIT */
/* The ports of a registry of so many rows, and one that it does not have. */
#pragma once

#include <stdint.h>

#define PORTS_SMALL	   512	  /* rows: half of them TCP, half UDP */
#define PORTS_LARGE	   131072 /* every port, and two of UDP-Lite */
#define PORTS_FIRST	   9000
#define PORTS_UNREGISTERED 7777 /* unless all are */

/* How many ports are registered, each for TCP and UDP. */
static inline uint16_t ports_count(uint32_t rows)
{
	return rows / 2 < UINT16_MAX ? (uint16_t)(rows / 2) : UINT16_MAX;
}

/* The first of them; the rest follows. */
static inline uint16_t ports_first(uint32_t rows)
{
	return ports_count(rows) > UINT16_MAX - PORTS_FIRST ? 1 : PORTS_FIRST;
}
