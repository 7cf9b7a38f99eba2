/* SPDX-License-Identifier: MIT */
/* What listened before the agent came, and would not have been allowed to. */
#pragma once

#include "../policy/policy.h"
#include "netns.h"

/*
 * A record as the kernel would have made it, with how = existing, for `count`
 * sockets that are alike (SO_REUSEPORT).
 */
typedef void (*existing_fn)(void *data, const struct hp_event *record, uint64_t count);

/*
 * Decide every socket that receives in the netns and call fn for each
 * violation. UDP sockets on an ephemeral port without a row are passed over:
 * the socket table can't tell a client's from a server's. 0, or a negative
 * errno, and then not all of them were told.
 */
int existing_report(const struct netns *netns, const struct policy *policy,
		    const struct hp_config *config, existing_fn fn, void *data);
