/* SPDX-License-Identifier: MIT */
/*
 * The socket table, compared with what the hooks saw: from time to time its violations are
 * reported, and with --existing=close closed.
 */
#pragma once

#include "../base/jsonw.h"
#include "../identity/identity.h"
#include "../kernel/netns.h"
#include "../kernel/sockets/receivers.h"
#include "../kernel/sockets/socket_owners.h"
#include "../policy/in_force.h"
#include "../stream/stream.h"
#include "reported_sockets.h"

/* What the sweeps have found, and when. */
struct sweep_counts {
	uint64_t runs, found, closed; /* since the start */
	uint64_t sockets;	      /* in the table at the last one */
	uint32_t unreadable;	      /* at the last one: bits 1 << enum hp_proto */
	struct timespec last;	      /* when that was, UTC */
};

struct sweep {
	/* borrowed, set before sweep_prepare() */
	const struct in_force *in_force;
	struct stream *stream;
	struct identity *identity;
	const struct netns *netns;
	const char *cgroup;   /* where the programs are attached, below cgroup2's mount point */
	bool close_existing;  /* TCP listeners that would be denied */
	bool deny_kernel;     /* the kernel's own sockets are judged like others */
	unsigned int every_s; /* 0: only once, at the start */

	struct reported_sockets *reported;
	struct reported_sockets *unclosed; /* that could not be closed: it is not tried again */
	struct socket_owners *owners;
	struct loop_source *timer;
	struct event event;	 /* of the socket at hand: too large for the stack */
	struct port_range range; /* as last read */
	struct sweep_counts counts;
	uint64_t lost; /* violations that no line stands for yet */
	uint32_t said_unreadable, said_unclosed;
	int error; /* of the last one */
};

/* What drain_start() needs of it. 0, or a negative errno. */
int sweep_prepare(struct sweep *sweep, struct loop *loop);

/* The first sweep, and those of --sweep from now on. */
void sweep_start(struct sweep *sweep);
void sweep_stop(struct sweep *sweep);

/* One more, now. */
void sweep_now(struct sweep *sweep);

/* A violation was reported: a sweep does not report its socket again. */
void sweep_remember(struct sweep *sweep, const struct hp_event *record);

/* Read the socket table; `keep` gets the data. As receivers_read(). */
int sweep_read(struct sweep *sweep, receivers_keep_fn keep, void *data,
	       struct receivers *ret_receivers);

/*
 * Find the processes that have the sockets. Is it known of every socket, so that one that has
 * no process is the kernel's?
 */
bool sweep_name(struct sweep *sweep, struct receivers *receivers);

/*
 * Find the sockets of the table that a configuration, with the policy in force,
 * makes violations of, or may once their processes are known. They are decided
 * with their processes and with what the hooks saw, and sorted. As receivers_read().
 */
int sweep_find(struct sweep *sweep, const struct hp_config *config,
	       struct receivers *ret_receivers);

/* Decide a socket of the table as it would be with a configuration. */
struct hp_decision sweep_judge(const struct sweep *sweep, const struct hp_config *config,
			       const struct receivers_socket *socket, bool is_kernel);

/* Decide it with the policy in force. */
void sweep_decide(const struct sweep *sweep, struct receivers_socket *socket, bool is_kernel);

/* Is the cgroup, as far as it is known, one whose binds the programs do not see? */
bool sweep_is_unchecked(const struct sweep *sweep, uint64_t cgroup_id);

/*
 * Describe a socket in sweep->event. `last`: the socket described before, whose names need not
 * be looked up again where it has the same process and cgroup; NULL: none.
 */
void sweep_describe(struct sweep *sweep, const struct receivers_socket *socket,
		    const struct receivers_socket *last);

/* Write a member: an array of the words of protocols, given as bits 1 << enum hp_proto. */
void sweep_put_protocols(struct jsonw *w, const char *key, uint32_t protocols);
