/* SPDX-License-Identifier: MIT */
/*
 * The process that binds: in a cgroup and a netns of its own, held to one CPU
 * and put before others where it may.
 */
#pragma once

#include <sys/types.h>

#include "../../user/base/cleanup.h"
#include "sample.h"

#define BINDER_GROUP "binder" /* its control group, below the given one */

struct binder;

/* Start it in a cgroup that is made below `cgroup`. 0, or a negative errno. */
int binder_start(const char *cgroup, struct binder **ret_binder);

/* End it. */
void binder_free(struct binder *binder);
DEFINE_CLEANUP(struct binder, binder_free)

pid_t binder_pid(const struct binder *binder);

/* The CPU that it keeps to. */
int binder_cpu(const struct binder *binder);

/* Let it take a sample. 0, or a negative errno: it is gone. */
int binder_measure(const struct binder *binder, const struct sample_order *order,
		   struct sample *ret_sample);
