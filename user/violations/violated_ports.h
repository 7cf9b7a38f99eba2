/* SPDX-License-Identifier: MIT */
/*
 * Which ports violations were told of since the start, whoever took them, for
 * the question which exceptions are of no use. Nothing is ever forgotten: a
 * port needs a byte. Pure.
 *
 * What class a violation is of is asked again each time: the policy may be
 * another than the one that it was told under.
 */
#pragma once

#include "../base/portset.h"
#include "../event/event.h"
#include "../policy/policy.h"

struct seen;

int seen_new(struct seen **ret_seen); /* 0, or -ENOMEM */
void seen_free(struct seen *seen);
DEFINE_CLEANUP(struct seen, seen_free)

/* A violation was told, of whatever verdict: its audited_query(). */
void seen_add(struct seen *seen, const struct hp_query *query);

/* The ports that exceptions let through, by protocol and class. */
struct excepted {
	struct portset ports[HP_PROTO_MAX][HP_CLASS_MAX];
};

/* A decision about a port; only one that an exception made is of use. */
void excepted_add(struct excepted *excepted, uint8_t proto, uint16_t port,
		  struct hp_decision decision);

/* Add what a policy and a configuration except now of what was seen. */
void seen_excepted(const struct seen *seen, const struct policy *policy,
		   const struct hp_config *config, struct excepted *excepted);

/* Of several exceptions for one port and class, each has a use. */
bool excepted_uses(const struct excepted *excepted, const struct reg_row *exception);
