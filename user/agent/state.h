/* SPDX-License-Identifier: MIT */
/* The agent's context, for the files that make it up. */
#pragma once

#include "../base/jsonw.h"
#include "../base/loop.h"
#include "../event/fold.h"
#include "../kernel/kernel.h"
#include "../kernel/netns.h"
#include "../kernel/sockets/socket_owners.h"
#include "../kernel/sockets/receivers.h"
#include "../policy/policy.h"
#include "../registry/registry.h"
#include "../violations/audited.h"
#include "../stream/batch.h"
#include "config.h"
#include "../stream/control.h"
#include "registry_watch.h"
#include "../stream/generations.h"
#include "../stream/history.h"
#include "../identity/identity.h"
#include "../violations/reported_sockets.h"
#include "../violations/learn.h"
#include "privilege.h"
#include "reload.h"
#include "mode.h"
#include "reserve.h"
#include "../stream/sink.h"
#include "watch.h"

/* What the sweeps of the socket table found. */
struct sweep_state {
	struct known *known;
	struct known *unclosed; /* that could not be closed: it is not tried again */
	struct socket_owners *procs;
	struct loop_source *timer;
	struct port_range range;      /* as last read */
	uint64_t runs, found, closed; /* since the start */
	uint64_t sockets;	      /* in the table at the last one */
	uint64_t lost;		      /* violations that no line has told of yet */
	struct timespec last;	      /* when that was, UTC */
	uint32_t unreadable;	      /* at the last one: bits 1 << enum hp_proto */
	uint32_t said_unreadable, said_unclosed;
	int error; /* of the last one */
};

struct agent {
	const struct config *config;
	struct hp_config decision; /* as published */
	struct generations generations;
	struct registry *registry; /* the newest of these */
	struct policy *policy;
	struct node_facts facts; /* that it was made for */
	struct reload reload;
	struct files files;
	struct cgroup_mounts mounts;
	char cgroup[PATH_MAX]; /* where the programs are attached */
	struct netns netns;
	struct identity identity;
	struct reserve reserve;
	struct loop *loop;
	struct pins *pins; /* NULL: nothing outlives the agent */
	char *pins_error;  /* why, if they were not asked for; owned */
	bool replaced;	   /* what was there before this agent is gone */
	bool detach_asked; /* whatever --on-exit says */
	struct kernel *kernel;
	struct fold *fold;
	struct history history;
	struct control *control;
	struct sink *sink;
	struct hp_told *told; /* the kernel's: it may outlive the agent */
	struct sweep_state sweep;
	struct event event;	/* the one being told: too large for the stack */
	struct batch batch;	/* lines that are not written and counted yet */
	unsigned int named;	/* new holders in the drain at hand */
	bool unnamed;		/* some holder is still to be named */
	struct holder *holders; /* HP_FOLD_SLOTS of them */
	struct loop_source *drain_timer, *tick;
	struct loop_source *room; /* when to make it: room.h */
	uint64_t quiet_total;	  /* violations at the last tick */
	unsigned int quiet_ticks; /* ticks without a new one */
	bool ticks;		  /* the tick is set */
	bool sctp_attached;	  /* or tried */
	struct watch watch;
	bool settled; /* what an agent before this one left untold has been found */
	struct privilege privilege;
	struct mode_state mode;
	struct audited *audited;
	struct learn_state learn;
	bool ready;
	bool on_terminal; /* standard output is one */
};

/* programs.c: steps of the start, which return an exit status, and of the end. */
int programs_open_pins(struct agent *agent);
int programs_load(struct agent *agent);
int programs_publish(struct agent *agent);
int programs_attach(struct agent *agent);
int programs_prove(struct agent *agent);
int programs_keep(struct agent *agent);
int programs_replace(struct agent *agent);

/* Were they there before this agent? */
bool programs_found(const struct agent *agent);

/* Do the programs stay attached when this agent ends? */
bool programs_stay(const struct agent *agent);
void programs_end(struct agent *agent);

/* tell.c: from records to lines. */

/* Prepare the folding and wait for records. 0, or a negative errno. */
int drain_start(struct agent *agent);

/* Take and tell all that the kernel has now, pending counts included. */
void drain_all(struct agent *agent);

/* Take and tell the records that wait: then all that the hooks saw is known. */
void drain_records(struct agent *agent);

/* Write what was told, and count it. */
void deliver_flush(struct agent *agent);

/*
 * Tell of sockets that a sweep found; deliver_flush() is to follow. `counted`: a program has
 * counted them, as far as one can tell, if as many were lost (sweep.lost).
 */
void deliver_found(struct agent *agent, const struct hp_event *record, uint64_t count,
		   bool counted);

/* sweep.c: the socket table, compared with what the hooks saw. */

/* What drain_start() needs of it. 0, or a negative errno. */
int sweep_prepare(struct agent *agent);

/* The first sweep, and those of --sweep from now on. */
void sweep_start(struct agent *agent);
void sweep_stop(struct agent *agent);

/* One more, now. */
void sweep_now(struct agent *agent);

/* Read the socket table; keep() gets the agent. As receivers_read(). */
int sweep_read(struct agent *agent, receivers_keep_fn keep, struct receivers *ret_receivers);

/* Decide a socket of the table as it would be with a configuration. */
struct hp_decision sweep_judge(const struct agent *agent, const struct hp_config *config,
			       const struct receivers_socket *socket, bool is_kernel);

/* Is the cgroup, as far as it is known, one whose binds the programs do not see? */
bool sweep_is_unchecked(const struct agent *agent, uint64_t cgroup_id);

/* Decide a socket of the table, with what the hooks said of it. */
void sweep_decide(const struct agent *agent, struct receivers_socket *socket, bool is_kernel);

/* A socket as a record of the kernel: how = existing, without a time. */
void sweep_record(const struct agent *agent, const struct receivers_socket *socket,
		  struct hp_event *ret_record);

/* agent.c: look again at what others may have changed: sysctls, the kernel's protocols. */
void agent_refresh(struct agent *agent);

/* sctp.c: SCTP, which only LSM programs can see. */

/* May they be loaded? They don't look at cgroups: only where every one is checked. */
bool sctp_can_be_checked(const struct agent *agent);

/* Attach them, once the kernel has SCTP: called again from time to time. */
void sctp_attach(struct agent *agent);

/* Tell of the agent itself; in no counter. */
void deliver_notice(struct agent *agent, struct notice *notice);

/* serve.c: the document that answers a request; control_document_fn */
int serve_document(void *agent, const struct request *request, struct buf *out);

/* status.c: append the status document */
void status_json(struct agent *agent, struct buf *out);

/* An array of the words of protocols, given as bits 1 << enum hp_proto. */
void status_protocols(struct jsonw *w, const char *key, uint32_t protocols);

/* listeners.c: append the document of all sockets that receive. 0, or a negative errno. */
int listeners_json(struct agent *agent, struct buf *out);

/* Have two sockets one process and cgroup, whose names need not be looked up twice? */
bool listeners_same_holder(const struct receivers_socket *a, const struct receivers_socket *b);

/* Write the member `attached`. */
void status_put_attached(struct agent *agent, struct jsonw *w);

/* selftest.c: look at everything now, and append what was found */
void selftest_json(struct agent *agent, struct buf *out);

/* Violations in a set of counters: all that makes lines. */
uint64_t status_violations(const struct hp_counters *counters);

/* Violations that no line stands for. */
uint64_t status_lost(const struct agent *agent);

/* Those of which the programs sent no record. */
uint64_t status_unsent(const struct agent *agent);
