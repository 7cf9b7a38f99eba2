/* SPDX-License-Identifier: MIT */
/*
 * A Kubernetes Event (events.k8s.io/v1) about a violation. It is also the record by which it
 * comes to the process that sends it: of a fixed size, and checked when it is read. Pure.
 */
#pragma once

#include "event.h"

/* Bytes of a text with its zero byte. The API takes no longer ones; notes of 1024. */
#define KUBE_EVENT_NAME	      254
#define KUBE_EVENT_NAMESPACE  64
#define KUBE_EVENT_UID	      64
#define KUBE_EVENT_INSTANCE   129
#define KUBE_EVENT_NOTE	      513

#define KUBE_EVENT_API	      "/apis/events.k8s.io/v1/namespaces/"
#define KUBE_EVENT_CONTROLLER "hostportd"

struct kube_event {
	int64_t first_us;     /* of the first violation, since 1970, UTC */
	int64_t last_us;      /* of the last one */
	uint64_t count;	      /* violations, at least 1 */
	uint8_t cls, verdict; /* enums of abi.h */
	uint8_t of_pod;	      /* it regards a pod, else the node */
	uint8_t repeats;      /* it was sent before, with a smaller count */
	uint8_t unused[6];
	char name[KUBE_EVENT_NAME];	       /* the same for repeats, also of the next agent */
	char namespace_[KUBE_EVENT_NAMESPACE]; /* of the Event, and of the pod */
	char object[KUBE_EVENT_NAME];	       /* the pod's name, or the node's */
	char uid[KUBE_EVENT_UID];	       /* the pod's; empty: not known, or too long */
	char instance[KUBE_EVENT_INSTANCE];    /* the node's name, as far as there is room */
	char note[KUBE_EVENT_NOTE];	       /* for a person, safe for a terminal */
};

_Static_assert(sizeof(struct kube_event) == 1312, "a record without holes");

/* Is there to be one? Not for what an exception allows. */
bool kube_event_is_wanted(const struct event *event);

/* What it regards, and which violation is repeated: hashes, for comparisons. */
uint64_t kube_event_object(const struct event *event);
uint64_t kube_event_key(const struct event *event);

/*
 * The Event of a line: of the pod, if its name is known, else of the node. 0; -EINVAL: the object
 * has no name that Kubernetes can have; -ENOMEM.
 */
int kube_event_of(const struct event *event, struct kube_event *ret_event);

/* The line's violations repeat those of the Event. */
void kube_event_repeat(struct kube_event *kube, const struct event *event);

/* Read a record. 0; -EINVAL when it is none: its size, a text without an end, a name, a number. */
int kube_event_parse(const void *bytes, size_t len, struct kube_event *ret_event);

/*
 * Append the Event as JSON, and the patch that only tells of repeats: of two violations at least.
 * In kube_event_json.c.
 */
void kube_event_json(const struct kube_event *event, struct buf *out);
void kube_event_patch_json(const struct kube_event *event, struct buf *out);
