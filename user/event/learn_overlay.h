/* SPDX-License-Identifier: MIT */
/*
 * The agent's answer to `learn` as a registry layer: an exception for each
 * protocol, port and class that is violated, with comments that say by whom, and
 * comments about exceptions that nobody uses. Pure.
 */
#pragma once

#include <stddef.h>

#include "../base/buf.h"
#include "../base/json.h"

#define LEARN_RANGE_OVER 64 /* neighbouring ports of one workload: more make one exception */
#define LEARN_WHO_MAX	 8  /* workloads that a comment names */

struct learn_layer {
	const char *name;  /* of the layer; a valid one */
	const char *today; /* YYYY-MM-DD, UTC */
	const char *until; /* likewise: the last day of the exceptions */
};

struct learned {
	size_t exceptions;
	struct buf said; /* lines: what of the answer could not be done in full */
	size_t lacking;	 /* violations that the layer does not end, of those that were answered */
	size_t useless;	 /* exceptions of the agent's registry that are of no use */
};

/*
 * Append the layer. Whatever the answer holds, it is one that the reader
 * accepts, and texts from outside stay in their comments and strings. 0, or
 * -ENOMEM. ret_learned->said is the caller's in any case.
 */
int learn_overlay(const struct json *answer, const struct learn_layer *layer, struct buf *out,
		  struct learned *ret_learned);

/*
 * The name for a new layer: `wanted`, or if it is NULL the first of "learned",
 * "learned-2", … that the agent does not have. -EEXIST: it has `wanted`.
 */
int learn_name(const struct json *answer, const char *wanted, struct buf *out);
