/* SPDX-License-Identifier: MIT */
/*
 * The policy that ways are tried under, and the ports that they take. It is
 * read from a registry file's text like any other. Pure.
 */
#pragma once

#include "../policy/policy.h"
#include "way.h"

#define RULES_ALLOWED  20000 /* the only port with a row that allows it: the control's */
#define RULES_EXPLICIT 20001 /* from here on: no row, so unregistered */
#define RULES_CHOSEN   40001 /* from here on: retired, in each protocol that can have a row */
#define RULES_WAYS_MAX 1000

/* The port of the i-th way. */
uint16_t rules_port(const struct way *way, size_t i);

/*
 * What the kernel chooses breaks a rule only where a row says so: chosen ports
 * without one are the ephemeral class. 0 or a negative errno. The policy is the
 * caller's.
 */
int rules_policy(const struct way *list, size_t len, struct policy **ret_policy);
