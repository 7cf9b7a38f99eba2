/* SPDX-License-Identifier: MIT */
/* Which ports a policy registers. Pure. */
#pragma once

#include "../base/portset.h"
#include "policy.h"

/*
 * Add the ports from first to last that a row of any protocol names, whether it holds
 * on this node or not. An exception alone registers nothing.
 */
void registered_ports(const struct policy *policy, uint16_t first, uint16_t last,
		      struct portset *set);
