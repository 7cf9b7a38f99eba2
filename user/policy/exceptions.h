/* SPDX-License-Identifier: MIT */
/* When exceptions end. Pure: the clock is the caller's. */
#pragma once

#include <time.h>

#include "policy.h"

/*
 * The moment at which the next exception ends, in seconds since 1970: the UTC
 * midnight after its day. 0: all have ended by `now`, or there are none.
 */
time_t exceptions_next_end(const struct registry *reg, time_t now);

/* How far exceptions are from their end. */
enum exception_state {
	EXCEPTION_ACTIVE,
	EXCEPTION_ENDING, /* in EXCEPTIONS_ENDING_S at most */
	EXCEPTION_ENDED,
	EXCEPTION_STATES,
};
#define EXCEPTIONS_ENDING_S (14 * 24 * 3600)

/* Count the exceptions by their states, in seconds since 1970. */
void exceptions_count(const struct registry *reg, time_t now, size_t ret_counts[EXCEPTION_STATES]);

typedef void (*exceptions_fn)(void *data, const struct reg_layer *layer, const struct reg_row *row);

/* Call fn for each exception that held on the day of `before` and does not on that of `now`. */
void exceptions_ended(const struct registry *reg, const struct node_facts *before,
		      const struct node_facts *now, exceptions_fn fn, void *data);
