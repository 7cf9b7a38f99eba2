/* SPDX-License-Identifier: MIT */
/* A node's listeners as a ClusterReport of openreports.io/v1alpha1. Pure. */
#pragma once

#include "../base/json.h"

/*
 * Append the report of an agent's answer to `listeners`, of a node (NULL: not known). A listener
 * passes, fails, or is skipped if an exception allows it; its result is about its pod, or else
 * about the node. One that can be reached and is in no documented range (R2) has a second result.
 */
void listeners_openreports(const struct json *document, const char *node, struct buf *out);
