/* SPDX-License-Identifier: MIT */
/*
 * Registered ports in the ephemeral range, which the kernel may give to any process.
 * They are logged and, with --reserve-ports, reserved until the agent ends.
 */
#pragma once

#include "../base/jsonw.h"
#include "../kernel/netns.h"
#include "../policy/policy.h"
#include "reserve_note.h"

struct reserve {
	const struct netns *netns;
	bool asked;			       /* --reserve-ports */
	char *path;			       /* the note's, owned; NULL: not started */
	uint16_t first, last;		       /* the ephemeral range, as last read */
	int unread;			       /* 0, or the errno of the last reading */
	struct portset registered, unreserved; /* ports of the range, as last read */
	struct portset ours;	  /* those that an agent added and that are still there */
	struct reserve_note note; /* as on disk; without ports there is no file */
	int add_error, out_error; /* of the last refresh; already logged */
};

/*
 * Adopt the ports that a killed agent with the same control socket left reserved,
 * then do a first reserve_refresh(). The netns is borrowed. 0, or -ENOMEM.
 */
int reserve_start(struct reserve *r, const struct netns *netns, const struct policy *policy,
		  const char *socket, bool asked);

/*
 * Read the range and the reserved ports again, add and remove ports, and log what is
 * new. Cheap and silent if nothing has changed: for a timer, and for a new policy.
 */
void reserve_refresh(struct reserve *r, const struct policy *policy);

/* Remove our ports and free everything. Does nothing if it was not started. */
void reserve_stop(struct reserve *r);

/* Leave our ports and the note for the next agent, and free everything. */
void reserve_leave(struct reserve *r);

/* Write the status document's member "ephemeral". */
void reserve_status(const struct reserve *r, struct jsonw *w);

/* ---- the plan -------------------------------------------------------------------------------- */

struct reserve_facts {
	const struct policy *policy;
	uint16_t first, last;		/* the ephemeral range */
	const struct portset *reserved; /* as the kernel has them now */
	const struct portset *ours;	/* those that an agent added */
	bool asked;			/* --reserve-ports */
};

struct reserve_plan {
	struct portset registered; /* ports of the range that any row names */
	struct portset ours;	   /* those of an agent that are still reserved */
	struct portset add, out;   /* to add, to remove */
	bool too_many;		   /* asked for, but it would leave too few ports */
};

/*
 * Reserve the registered ports, but at most half of the ports that the kernel could
 * give out without it: a row as wide as the range would leave no port to connect
 * from. Our ports that need not be reserved any more are removed.
 */
void reserve_plan(const struct reserve_facts *facts, struct reserve_plan *ret_plan);
