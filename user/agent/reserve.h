/* SPDX-License-Identifier: MIT */
/*
 * Registered ports in the ephemeral range, which the kernel may give to any process.
 * They are logged and, as --reserve-ports says, reserved until the agent ends: else a
 * bind() to port 0 fails when the kernel chooses one that is denied.
 */
#pragma once

#include "../base/jsonw.h"
#include "../kernel/netns.h"
#include "../kernel/sockets/reserve_note.h"
#include "../policy/policy.h"
#include "config.h"

#define RESERVE_LOW 32768 /* Linux' own range begins here; services have their ports below */

struct reserve {
	const struct netns *netns;
	enum reserve_ports when; /* --reserve-ports */
	bool asked;		 /* in the mode of the last refresh */
	bool can_refuse;	 /* the kernel gives a chosen port back: set before each refresh */
	char *path;		 /* the note's, owned; NULL: not started */
	uint16_t first, last;	 /* the ephemeral range, as last read */
	int unread;		 /* 0, or the errno of the last reading */
	struct portset registered, unreserved; /* ports of the range, as last read */
	struct portset failing;		       /* those for which a bind() to port 0 fails now */
	size_t choices;			       /* ports of the range that the kernel chooses from */
	struct portset ours;	  /* those that an agent added and that are still there */
	struct reserve_note note; /* as on disk; without ports there is no file */
	int add_error, out_error, note_error; /* of the last refresh; already logged */
	uint16_t low_first;		      /* `first`, when its being low was last logged */
};

/*
 * Adopt the ports that a killed agent with the same control socket left reserved.
 * The netns is borrowed. 0, or -ENOMEM.
 */
int reserve_start(struct reserve *r, const struct netns *netns, const char *socket,
		  enum reserve_ports when);

/* Before a policy or a mode is in force: reserve what it needs. Nothing is taken out. */
void reserve_ahead(struct reserve *r, const struct policy *policy, const struct hp_config *config);

/*
 * Read the range and the reserved ports again, add and remove ports for the policy and the
 * mode in force, and log what is new. Cheap and silent if nothing has changed: for a timer,
 * and for a new policy.
 */
void reserve_refresh(struct reserve *r, const struct policy *policy,
		     const struct hp_config *config);

/* Remove our ports and free everything. Does nothing if it was not started. */
void reserve_stop(struct reserve *r);

/* Leave our ports and the note for the next agent, and free everything. */
void reserve_leave(struct reserve *r);

/* Write the status document's member "ephemeral". */
void reserve_status(const struct reserve *r, struct jsonw *w);

/*
 * Append what the agent can't prevent in a mode: that bind() to port 0 fails, how often, and
 * why. Nothing if the ports are reserved, or can be.
 */
void reserve_put_chance(const struct reserve *r, const struct policy *policy,
			const struct hp_config *config, struct buf *out);

/* ---- the plan -------------------------------------------------------------------------------- */

struct reserve_facts {
	const struct policy *policy;
	const struct hp_config *config;
	uint16_t first, last;		/* the ephemeral range */
	const struct portset *reserved; /* as the kernel has them now */
	const struct portset *ours;	/* those that an agent added */
	bool asked;			/* --reserve-ports */
};

struct reserve_plan {
	struct portset registered; /* ports of the range that any row names */
	struct portset ours;	   /* those of an agent that are still reserved */
	struct portset add, out;   /* to add, to remove */
	bool too_many;		   /* asked for, but all would leave too few ports */
};

/*
 * Reserve the registered ports, but at most half of the ports that the kernel could
 * give out without it: a row as wide as the range would leave no port to connect
 * from. If they are more, reserve those that enforcement would deny, so that no bind()
 * to port 0 fails. Our ports that need not be reserved any more are removed.
 */
void reserve_plan(const struct reserve_facts *facts, struct reserve_plan *ret_plan);

/*
 * The ports, other than the reserved ones, for which a bind() to port 0 would be denied: of
 * TCP or UDP, at some address. `ours` and `asked` are not read.
 */
void reserve_denied(const struct reserve_facts *facts, struct portset *ret_ports);
