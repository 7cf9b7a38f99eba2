/* SPDX-License-Identifier: MIT */
/*
 * Exceptions end by themselves: at the UTC midnight after their day the policy is
 * made anew, and so it is when the clock is set to another day.
 */
#pragma once

struct agent;

/* 0, or a negative errno. */
int expiry_start(struct agent *agent);

/* Wait for the next end of an exception of the registry in force. */
void expiry_arm(struct agent *agent);

/* Is it another day than the policy was made for, on which others hold? Then make it anew, and
 * tell. */
void expiry_check(struct agent *agent);
