/* SPDX-License-Identifier: MIT */
/* Workloads whose new pods wait for a port of the old ones. Pure. */
#pragma once

#include "check_state.h"

/*
 * Add a finding for a workload that starts new pods before the old ones end, and whose pods take a
 * port of their node: for sure of a DaemonSet, perhaps of a Deployment of several pods or for one
 * node.
 */
void rollout_check(struct check *check, const struct pod *pod);
