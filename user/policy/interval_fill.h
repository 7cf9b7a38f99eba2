/* SPDX-License-Identifier: MIT */
/*
 * Ports that are painted once: however many ranges overlap, all of them
 * together visit each port once (a union-find over "the next unpainted port"),
 * so that a registry of 131,072 rows of all ports costs no more than one of
 * small rows.
 */
#pragma once

#include <stdint.h>

#include "../../bpf/abi.h"

struct paint {
	uint32_t skip[HP_PORTS + 1]; /* 0: unpainted; else a way on towards the next unpainted */
};

/* Make all ports unpainted. */
void interval_fill_reset(struct paint *paint);

/* The first unpainted port from `port` on; HP_PORTS when there is none. */
uint32_t interval_fill_next(struct paint *paint, uint32_t port);

/* Paint the port. */
static inline void interval_fill_take(struct paint *paint, uint32_t port)
{
	paint->skip[port] = 1;
}
