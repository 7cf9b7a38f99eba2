/* SPDX-License-Identifier: MIT */
/*
 * Which Kubernetes Events are due: one for a violation at once, then now and then how often it
 * was repeated, as far as the budget goes. That is client-go's for a source and an object, and one
 * for all objects of this node, because a cluster has many nodes. Pure: times come from the caller.
 */
#pragma once

#include "kube_event.h"

/* At once, and then one each so many seconds: of an object, and of the node. */
#define KUBE_SERIES_OBJECT_BURST  25
#define KUBE_SERIES_OBJECT_EACH_S 300
#define KUBE_SERIES_NODE_BURST	  100
#define KUBE_SERIES_NODE_EACH_S	  60

/* Repeats are told after so long at first, later each so many seconds. */
#define KUBE_SERIES_SOON_S  10
#define KUBE_SERIES_EVERY_S 300

/* More violations, or objects, than there is budget for within minutes; the oldest give way. */
#define KUBE_SERIES_MAX	    256
#define KUBE_SERIES_OBJECTS 256

/* An Event that was due, and its repeats since. */
struct kube_series_entry {
	uint64_t object;
	uint64_t told;	 /* the count that was told last */
	uint64_t last_s; /* when its last line came */
	uint64_t due_s;	 /* not before that its repeats are told */
	struct kube_event event;
};

/* Time in advance that was taken; zero is a whole budget. */
struct kube_series_budget {
	uint64_t until_s;
};

struct kube_series {
	size_t len, objects_len;
	size_t waiting;	  /* entries whose repeats are still to be told */
	uint64_t dropped; /* lines for which there was no budget */
	uint64_t keys[KUBE_SERIES_MAX];
	struct kube_series_entry entries[KUBE_SERIES_MAX];
	uint64_t objects[KUBE_SERIES_OBJECTS];
	struct kube_series_budget budgets[KUBE_SERIES_OBJECTS]; /* theirs */
	struct kube_series_budget node;
};

/*
 * A line has come. The Event to send, valid until the next call; NULL: none. An Event that can't be
 * made counts as dropped.
 */
const struct kube_event *kube_series_line(struct kube_series *series, const struct event *event,
					  uint64_t now_s);

/* Repeats that are due, again and again until NULL; valid until the next call. */
const struct kube_event *kube_series_due(struct kube_series *series, uint64_t now_s);

/* Are there repeats that are still to be told? */
static inline bool kube_series_waits(const struct kube_series *series)
{
	return series->waiting > 0;
}
