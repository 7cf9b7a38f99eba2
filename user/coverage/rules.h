/* SPDX-License-Identifier: MIT */
/*
 * The policy under which ways are tried, and the ports that they take. The policy
 * is built from the text of a registry file, as any other. Pure.
 */
#pragma once

#include "../policy/policy.h"
#include "way.h"

#define RULES_ALLOWED  20000 /* the control's port, the only one that a row allows */
#define RULES_EXPLICIT 20001 /* and above: no row, so unregistered */
#define RULES_CHOSEN                                                                               \
	40001 /* and above: retired in all protocols that a row can name, or no row                \
	       */
#define RULES_WAYS_MAX 1000

/* The port of the i-th way. */
uint16_t rules_port(const struct way *way, size_t i);

/*
 * A port that the kernel chooses violates only if a row forbids it (without a row
 * its class is ephemeral), so those ports get retired rows; but not those of ways that
 * are about ports without a row. 0, or a negative errno.
 * The policy is the caller's.
 */
int rules_policy(const struct way *list, size_t len, struct policy **ret_policy);
