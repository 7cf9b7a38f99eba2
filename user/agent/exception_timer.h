/* SPDX-License-Identifier: MIT */
/*
 * Exceptions end by themselves: at the UTC midnight after their day the policy is
 * made anew, and so it is when the clock is set to another day.
 */
#pragma once

#include "../base/loop.h"
#include "policy_load.h"

struct exception_timer {
	/* borrowed, set before the start */
	struct policy_load *load;
	const struct in_force *in_force;

	struct loop_source *clock; /* of the next end */
};

/* 0, or a negative errno. */
int exception_timer_start(struct exception_timer *timer, struct loop *loop);

/* Wait for the next end of an exception of the registry in force. */
void exception_timer_arm(struct exception_timer *timer);

/*
 * Is it another day than the policy was made for, on which other exceptions hold? Then make
 * it anew, and report what ended.
 */
void exception_timer_check(struct exception_timer *timer);
