/* SPDX-License-Identifier: MIT */
/*
 * The audited violations that were told since the agent's start, for the
 * question what enforce mode would break. Pure.
 *
 * Those of one protocol, port and workload are kept as one. Of more than
 * AUDITED_MAX, those that came last are kept; the others are only counted.
 * What class they are of is asked again each time: the policy may be another.
 */
#pragma once

#include "../policy/policy.h"
#include "impact.h"

#define AUDITED_MAX 4096

/* What the verdict on a violation depends on, besides the policy. */
struct audited_violation {
	struct breach breach; /* its class is the one that was told first */
	uint8_t scope;	      /* enum hp_scope */
	bool chosen;	      /* the kernel chose the port */
	bool kernel;	      /* it was a socket of the kernel */
};

/* What was asked for when an event tells of it: whose socket it was, it does not say. */
struct hp_query audited_query(const struct event *event);

/* What a policy and a configuration make of it now. */
struct hp_decision audited_decide(const struct audited_violation *violation,
				  const struct policy *policy, const struct hp_config *config);

struct audited;

int audited_new(struct audited **ret_audited); /* 0, or -ENOMEM */
void audited_free(struct audited *audited);
DEFINE_CLEANUP(struct audited, audited_free)

/* It has been told; `kernel`: of a socket of the kernel. What there is no memory for is counted. */
void audited_add(struct audited *audited, const struct event *event, bool kernel);

/* Where a violation is kept, for its repeats; zeroed: that is not known. */
struct audited_ref {
	void *entry;
	uint64_t age;
};

/*
 * As audited_add(), of an event (and its audited_query()) whose workload is that of the event
 * for which `ref` was set last: that finds it without looking, and is set anew where it does
 * not.
 */
void audited_again(struct audited *audited, struct audited_ref *ref, const struct event *event,
		   const struct hp_query *query, bool kernel);

/*
 * How many were pushed out of those classes (bits 1 << class), as they were told?
 * A violation and its repeats are one, as long as it is kept.
 */
uint64_t audited_forgotten(const struct audited *audited, uint32_t classes);

typedef void (*audited_fn)(void *data, const struct audited_violation *violation);

/* Hand out what is kept, the one that came last first. */
void audited_each(const struct audited *audited, audited_fn fn, void *data);
