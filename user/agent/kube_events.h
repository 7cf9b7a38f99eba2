/* SPDX-License-Identifier: MIT */
/*
 * Hands Kubernetes Events about violations to the process that asks the API server, and counts
 * what becomes of them. It never waits: what that process has no room for is dropped.
 */
#pragma once

#include "../base/loop.h"
#include "../base/rate.h"
#include "../event/kube_series.h"
#include "pod_process.h"

struct kube_events {
	/* borrowed, set before the start */
	bool wanted;
	struct pod_process *process;

	struct kube_series *series; /* NULL: there are to be none */
	struct loop_source *tick;   /* for repeats */
	bool ticks;
	uint64_t given;	       /* Events, to the process */
	uint64_t sent, failed; /* of these: the API server has taken them, or not */
	uint64_t no_room;      /* the process had no room for them */
	struct buf error;      /* of the last one that failed; empty: the last one did not */
	struct rate warnings;
};

/* 0, or a negative errno. */
int kube_events_start(struct kube_events *events, struct loop *loop);
void kube_events_stop(struct kube_events *events);

/* A line has come. */
void kube_events_on_line(struct kube_events *events, const struct event *event);

/* What became of one: `why` it failed, or NULL. */
void kube_events_ended(struct kube_events *events, const char *why);

/* Those that are not sent: there was no budget, or no room. */
uint64_t kube_events_dropped(const struct kube_events *events);

/* Those that are on their way, or were when the process had to be started again. */
uint64_t kube_events_pending(const struct kube_events *events);
