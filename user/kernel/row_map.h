/* SPDX-License-Identifier: MIT */
/* The maps of a policy's rows, and the map that holds them. Descriptors, or negative errnos. */
#pragma once

#include <stdint.h>

#include "libbpf.h"

/* A map for so many rows; one for none has room for one. */
int row_map_create(uint32_t len);

/* The map of such maps, as the programs declare it; `inner` is an example of them. */
int row_map_create_outer(int inner);

/* Put a map into the place of a half. Waits for all programs that run: some milliseconds. */
int row_map_install(int outer, uint32_t half, int rows);
