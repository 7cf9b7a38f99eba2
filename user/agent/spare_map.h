/* SPDX-License-Identifier: MIT */
/*
 * The map of the next policy: what kernel_settle() does, some time after each
 * publication and not within it, so that a switch of the mode or a reload need
 * not wait for the kernel.
 */
#pragma once

#include "../base/loop.h"
#include "../kernel/kernel.h"

struct spare_map {
	struct kernel *kernel; /* borrowed */
	struct loop_source *timer;
};

/* Make one soon, and again after each spare_map_later(). 0, or a negative errno. */
int spare_map_start(struct spare_map *spare, struct loop *loop);

/* A policy has been published. Before spare_map_start(): nothing. */
void spare_map_later(struct spare_map *spare);
