/* SPDX-License-Identifier: MIT */
/*
 * With --role=auto, the API server's Node says what this node is: its role, and its platform and
 * version unless options do. A change is a new policy. Until the Node has been read, rows of every
 * role hold; what is known stays when it can't be read any more.
 */
#pragma once

#include "../base/rate.h"
#include "policy_load.h"

struct node_role {
	struct policy_load *load; /* borrowed, set before the start */

	struct rate changes; /* of what another process says */
	bool known;
	struct buf error; /* why the Node can't be read, or its policy not be put in force */
};

/* What the Node says now, or why that is not known. The load's policy and notices follow. */
void node_role_read(struct node_role *role, const struct this_node *node);
void node_role_unread(struct node_role *role, const char *why);

void node_role_stop(struct node_role *role);
