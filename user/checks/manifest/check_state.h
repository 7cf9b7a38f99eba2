/* SPDX-License-Identifier: MIT */
/* What the rules of a check work on. Pure. */
#pragma once

#include "../../policy/receiver.h"
#include "check.h"
#include "manifest_finding.h"

/* Policies by the role that is taken for all nodes. */
enum {
	POLICY_ANY,
	POLICY_CONTROL_PLANE,
	POLICY_WORKER,
	POLICY_MAX,
};

struct check {
	struct manifest_options options;
	struct policy *policies[POLICY_MAX];
	struct documented documented;
	struct model model;
	struct findings findings;
	void *dedup; /* findings of replicas, a tree: see dedup.h */
};
