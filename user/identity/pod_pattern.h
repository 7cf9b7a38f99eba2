/* SPDX-License-Identifier: MIT */
/* Pods as a user names them: NAMESPACE/NAME, NAME or UID, in which * stands for anything. Pure. */
#pragma once

#include "workload.h"

#define POD_PATTERN_MAX 320 /* bytes; the longest name has 317 */

/* 0; -EINVAL with a sentence in `err`: it can name no pod. */
int pod_pattern_check(const char *pattern, struct buf *err);

/* Is it a pod that the pattern names? One whose name is not known has its UID only. */
bool pod_pattern_names(const char *pattern, const struct workload *who);
