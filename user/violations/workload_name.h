/* SPDX-License-Identifier: MIT */
/* Workloads in words, each of which is kept once for all who name it. Pure. */
#pragma once

#include "../event/event.h"

#define LABEL_BUCKETS 64

struct label {
	char *cgroup, *workload; /* as in struct breach */
	uint32_t hash;		 /* of the workload */
	uint32_t refs;
	struct label *next; /* of its bucket */
};

struct labels {
	struct label *buckets[LABEL_BUCKETS];
	struct label *last; /* of the last event, and its place; NULL: none yet */
	uint32_t place;
	struct buf text; /* to write a workload's words into */
};

/*
 * Who the event's workload is, or NULL: no memory. It stays until the next call, and as long
 * as who keeps it has a reference (label->refs).
 */
struct label *label_of(struct labels *labels, const struct event *event);

/* Give a reference back; NULL is none. */
void label_drop(struct labels *labels, struct label *label);

/* Once nobody keeps one. */
void labels_free(struct labels *labels);
