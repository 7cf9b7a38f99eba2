/* SPDX-License-Identifier: MIT */
/* What another registry would mean for what listens on a node. Pure. */
#pragma once

#include "../checks/finding.h"
#include "../policy/explain.h"

/* The rules of its findings. */
const struct rules *upgrade_rules(void);

/* A registry, and its policy for the node. */
struct upgrade_side {
	const struct registry *registry;
	const struct policy *policy;
};

struct upgrade {
	struct upgrade_side from, to;
	const struct node_facts *facts; /* that both policies were built with */
	const char *file;		/* of the listeners, in the findings */
};

/* A port that something on the node listens on. */
struct upgrade_listener {
	struct hp_query query;
	struct owner_of who;
	const char *text; /* the same in a few words, for the message */
};

/*
 * Append a finding if the second registry decides otherwise about a listener than the first one,
 * or has its port for another process. 0, or -ENOMEM.
 */
int upgrade_check(const struct upgrade *upgrade, const struct upgrade_listener *listener,
		  struct findings *findings);
