/* SPDX-License-Identifier: MIT */
/* The agent's context, for the files that make it up. */
#pragma once

#include "../base/loop.h"
#include "../event/fold.h"
#include "../kernel/canary.h"
#include "../kernel/kernel.h"
#include "../kernel/netns.h"
#include "../policy/policy.h"
#include "../registry/registry.h"
#include "config.h"
#include "control.h"
#include "history.h"
#include "identity.h"
#include "reserve.h"
#include "sink.h"

/* What was told, to be compared with what the kernel counted. */
struct tally {
	uint64_t delivered; /* lines */
	uint64_t folded;    /* what their counts add */
	uint64_t existing;  /* what stands for no bind() that was seen */
};

struct agent {
	const struct config *config;
	struct hp_config decision; /* as published */
	struct registry *registry;
	struct policy *policy;
	struct cgroup_mounts mounts;
	char cgroup[PATH_MAX]; /* where the programs are attached */
	struct netns netns;
	struct identity identity;
	struct reserve reserve;
	struct loop *loop;
	struct kernel *kernel;
	struct fold *fold;
	struct history history;
	struct control *control;
	struct sink *sink;
	struct tally tally;
	struct event event; /* the one being told: too large for the stack */
	struct loop_source *drain_timer, *tick;
	uint64_t quiet_total;	  /* violations at the last tick */
	unsigned int quiet_ticks; /* ticks without a new one */
	enum canary_result canary;
	bool sctp_attached; /* or tried */
	bool ready;
	bool on_terminal; /* standard output is one */
};

/* tell.c: from records to lines. */

/* Prepare the folding and wait for records. 0, or a negative errno. */
int tell_start(struct agent *agent);

/* Take and tell all that the kernel has now, pending counts included. */
void tell_all(struct agent *agent);

/* Tell of a listener that was there before. */
void tell_existing(void *agent, const struct hp_event *record, uint64_t count);

/* sctp.c: SCTP, which only LSM programs can see. */

/* May they be loaded? They don't look at cgroups: only where every one is checked. */
bool sctp_can_be_checked(const struct agent *agent);

/* Attach them, once the kernel has SCTP: called again from time to time. */
void sctp_attach(struct agent *agent);

/* serve.c: the document that answers a request; control_document_fn */
int serve_document(void *agent, const struct request *request, struct buf *out);

/* status.c: append the status document */
void status_json(struct agent *agent, struct buf *out);

/* Violations in a set of counters: all that makes lines. */
uint64_t status_violations(const struct hp_counters *counters);

/* Violations that no line stands for. */
uint64_t status_lost(const struct hp_counters *counters);
