/* SPDX-License-Identifier: MIT */
/*
 * The agent's answer to `learn` as a registry layer: a client for each workload that binds to send
 * from, and an exception for each other protocol, port and class that is violated, with comments
 * that name the workloads, and comments about exceptions that were not used. Many ports of one
 * workload are written as learn_form.h says. Pure.
 */
#pragma once

#include <stddef.h>

#include "../base/buf.h"
#include "../base/json.h"

#define LEARN_WORKLOADS 8 /* that comments name */

struct learn_layer {
	const char *name;  /* of the layer; a valid one */
	const char *today; /* YYYY-MM-DD, UTC */
	const char *until; /* YYYY-MM-DD, the last day of the exceptions */
};

struct learned {
	size_t rows;	    /* clients and exceptions */
	struct buf remarks; /* lines that are also comments of the layer */
	size_t lacking;	    /* remarks about violations without an exception */
	size_t useless;	    /* exceptions of the agent's registry that are of no use */
};

/*
 * Append the layer. Whatever the answer holds, the registry's reader accepts the
 * layer, and texts from outside stay in their comments and strings. 0, or
 * -ENOMEM. The caller frees ret_learned->remarks in any case.
 */
int learn_overlay(const struct json *answer, const struct learn_layer *layer, struct buf *out,
		  struct learned *ret_learned);

/*
 * Append the name for a new layer: `wanted`, or if that is NULL the first of "learned",
 * "learned-2", … that the agent does not have. -EEXIST: the agent has `wanted`.
 */
int learn_name(const struct json *answer, const char *wanted, struct buf *out);
