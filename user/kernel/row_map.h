/* SPDX-License-Identifier: MIT */
/*
 * The maps of a policy's rows, and the map of these maps, hp_rows, with a place for each half.
 *
 * To put a map into a map of maps, the kernel waits for all programs that run: some
 * milliseconds. For the first policy a thread does it while the programs are loaded.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../base/thread.h"
#include "libbpf.h"

/* A map for so many rows; one for no rows has room for one. Its descriptor, or a negative errno. */
int row_map_create(uint32_t len);

/* Put a row map into the place of a half. 0, or a negative errno. */
int row_map_install(int row_maps, uint32_t half, int row_map);

/* The first policy's row map on its way into its place. */
struct row_map_first {
	int row_maps; /* hp_rows, made before the object is loaded; -1: not made */
	int row_map;
	bool in_place;
	struct thread *thread;
};

#define ROW_MAP_FIRST_NONE ((struct row_map_first) { .row_maps = -1, .row_map = -1 })

/*
 * Make hp_rows, which the object declares, and start to put a map for so many rows into it.
 * If this fails, nothing is lost but time: the first policy waits.
 */
void row_map_first_start(struct row_map_first *first, const struct bpf_map *hp_rows, uint32_t len);

/* Wait for it. The row map that is in place, the caller's; -1: it is not in place. */
int row_map_first_finish(struct row_map_first *first);
