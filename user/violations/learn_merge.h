/* SPDX-License-Identifier: MIT */
/*
 * What the agents of many nodes answer to `learn`, or to `listeners`, as one answer:
 * learn_overlay() makes one layer of it. Memory is bounded, and time is linear: a document is
 * needed only while it is added. Pure.
 */
#pragma once

#include "../base/buf.h"
#include "../base/json.h"

#define LEARN_MERGE_NODES_MAX 100000

struct learn_merge;

/* 0, or -ENOMEM. The caller frees it. */
int learn_merge_new(struct learn_merge **ret_merge);
void learn_merge_free(struct learn_merge *merge);
DEFINE_CLEANUP(struct learn_merge, learn_merge_free)

/*
 * Add a node's document. `name` is the node's where the document does not say it. 0; -EINVAL: it is
 * no answer to `learn` or `listeners` of one node; -EEXIST: the node has been added; -E2BIG: there
 * are LEARN_MERGE_NODES_MAX; -ENOMEM.
 */
int learn_merge_add(struct learn_merge *merge, const struct json *document, const char *name);

/* A document that should be there is not: the answer will say how many there are. */
void learn_merge_miss(struct learn_merge *merge);

/* How many nodes have been added? */
size_t learn_merge_nodes(const struct learn_merge *merge);

/*
 * Append the answer of all: as an agent's, with `violations` as merge_rows.h says, and with these
 * members:
 *
 * nodes       how many there are
 * unread      how many are missing
 * unmerged    violations of nodes for which there was no room
 * mode        theirs, or "mixed"
 * since       the start of the agent that started last
 * incomplete  how many could not look at everything, one of them, and why
 * useless     exceptions that are of no use on any node, for the same reason on all
 *
 * 0, or -ENOMEM.
 */
int learn_merge_put(const struct learn_merge *merge, struct buf *out);
