/* SPDX-License-Identifier: MIT */
/* What is made up to be measured with: registries of many rows, trees of manifests. */
#pragma once

#include <stdbool.h>

#include "../../user/base/buf.h"
#include "../../user/policy/policy.h"

/*
 * A layer of N rows (up to REGISTRY_ROWS_MAX), a port each: TCP's and UDP's from 1 on,
 * half of each, and then SCTP's; as people write them, with processes and teams. With ranges
 * all ports are documented, by two of the rows.
 */
void made_registry(unsigned int rows, bool ranges, struct buf *out);

/* A layer that knows ten ports that no storm binds. */
void made_small_registry(struct buf *out);

/* The policy of made_registry(), without ranges. 0, or a negative errno. The policy is the
 * caller's. */
int made_policy(unsigned int rows, struct policy **ret_policy);

/*
 * Write a tree of N manifests below a directory: workloads on the host's network, pods of
 * their own network, services and what has no ports, several documents a file. 0, or a
 * negative errno.
 */
int made_manifests(const char *dir, unsigned int manifests);
