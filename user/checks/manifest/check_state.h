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
	struct pod **unsettled; /* where the pods begin that no rule has looked at */
	struct findings findings;
	struct arena kept; /* for dedup.h and replica.h: the model's may be rewound */
	void *dedup;	   /* findings of replicas, a tree: see dedup.h */
	void *replicas;	   /* pods that differ, a tree: see replica.h */
};
