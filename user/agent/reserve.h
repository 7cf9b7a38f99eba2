/* SPDX-License-Identifier: MIT */
/*
 * Registered ports that the kernel may hand to anybody, because they are in the
 * ephemeral range: found, logged and, with --reserve-ports, reserved until the
 * agent ends.
 */
#pragma once

#include "../base/jsonw.h"
#include "../kernel/netns.h"
#include "../policy/policy.h"
#include "reserve_note.h"

struct reserve {
	const struct netns *netns;
	bool asked;	      /* --reserve-ports */
	char *path;	      /* of the note; owned; NULL: not started */
	uint16_t first, last; /* the ephemeral range, as last read */
	int unread;	      /* 0, or the errno that keeps this from being known */
	struct portset registered, unreserved; /* ports of the range, as last read */
	struct portset ours;		       /* what an agent put there and is there */
	struct reserve_note note;	       /* as on disk; no ports: no file */
	int add_error, out_error;	       /* of the last time, and already logged */
};

/*
 * Take over what a killed agent left behind with the same control socket, then
 * do a first reserve_refresh(). The netns stays the caller's and must live as
 * long. 0, or -ENOMEM.
 */
int reserve_start(struct reserve *r, const struct netns *netns, const struct policy *policy,
		  const char *socket, bool asked);

/*
 * Read the range and the reserved ports again, reserve and take out what has to
 * be, log what is new. Cheap, and quiet, when nothing has changed: for a timer, and
 * for a new policy.
 */
void reserve_refresh(struct reserve *r, const struct policy *policy);

/* Take out what is ours and forget it. Nothing to do when it was not started. */
void reserve_stop(struct reserve *r);

/* Leave what is ours there, noted, for the next agent. */
void reserve_leave(struct reserve *r);

/* Write the status document's member "ephemeral". */
void reserve_status(const struct reserve *r, struct jsonw *w);

/* ---- the plan -------------------------------------------------------------------------------- */

struct reserve_facts {
	const struct policy *policy;
	uint16_t first, last;		/* the ephemeral range */
	const struct portset *reserved; /* what the kernel has now */
	const struct portset *ours;	/* what an agent put there */
	bool asked;			/* --reserve-ports */
};

struct reserve_plan {
	struct portset registered; /* ports of the range that any row names */
	struct portset ours;	   /* those that still stand there */
	struct portset add, out;   /* what to reserve, what to take out again */
	bool too_many;		   /* asked, and refused: it would starve the node */
};

/*
 * Reserve what is registered, as long as that takes at most half of the ports
 * that the kernel could hand out without it: a row that is as wide as the range
 * would leave no port to connect from. What is ours and not to be reserved any
 * more is to be taken out.
 */
void reserve_plan(const struct reserve_facts *facts, struct reserve_plan *ret_plan);
