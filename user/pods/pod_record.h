/* SPDX-License-Identifier: MIT */
/*
 * A record says one thing of a pod source: a pod as it is now, that a pod is gone, where a list
 * of all pods begins and ends, how the source is doing, what the node is, what became of a
 * Kubernetes Event. It is how pods come from a reader to the table, also from another process, so
 * it is small, bounded, and checked when it is read.
 *
 * A record is a byte, enum pod_record_kind, and parts after it: a byte, enum pod_part; two bytes,
 * the length of its value, the lower one first; the value. Pure.
 */
#pragma once

#include "../base/buf.h"
#include "pod.h"
#include "this_node.h"

#define POD_RECORD_MAX	(64U << 10) /* bytes */
#define POD_MESSAGE_MAX 512

enum pod_record_kind {
	POD_RECORD_UNSET,
	POD_RECORD_POD,		 /* new, or changed */
	POD_RECORD_GONE,	 /* deleted */
	POD_RECORD_LIST,	 /* a list of all pods begins */
	POD_RECORD_LISTED,	 /* it has ended: pods that it did not have are gone */
	POD_RECORD_UP,		 /* the source works */
	POD_RECORD_DOWN,	 /* it does not, and why */
	POD_RECORD_NODE,	 /* what this node is */
	POD_RECORD_NODE_UNREAD,	 /* that can't be read, and why */
	POD_RECORD_EVENT_SENT,	 /* an Event was taken by the API server */
	POD_RECORD_EVENT_FAILED, /* one was not, and why */
	POD_RECORD_KIND_MAX,
};

enum pod_part {
	POD_PART_UNSET,
	POD_PART_NAMESPACE,
	POD_PART_NAME,
	POD_PART_UID,
	POD_PART_MIRROR_OF,
	POD_PART_FLAGS,	    /* a byte of the bits below */
	POD_PART_PORT,	    /* protocol; container port, host port, two bytes each; host IP */
	POD_PART_CONTAINER, /* kind, name; the ports since the last container are its own */
	POD_PART_ID,	    /* container's name, a zero byte, id */
	POD_PART_MESSAGE,
	POD_PART_ROLE, /* a byte, enum reg_role */
	POD_PART_PLATFORM,
	POD_PART_CLUSTER, /* major, minor, two bytes each */
	POD_PART_MAX,
};

enum {
	POD_FLAG_HOST_NETWORK = 1,
	POD_FLAG_ENDED = 2,
	POD_FLAG_INCOMPLETE = 4,
};

/* Begin a record in an empty buffer. */
void pod_record_begin(struct buf *record, enum pod_record_kind kind);

/* Append a part: bytes of at most 65535. */
void pod_record_put(struct buf *record, enum pod_part part, const void *value, size_t len);
void pod_record_text(struct buf *record, enum pod_part part, const char *text);
void pod_record_flags(struct buf *record, unsigned int flags);
void pod_record_port(struct buf *record, const struct pod_port *port);
void pod_record_container(struct buf *record, const struct pod_container *container);
void pod_record_id(struct buf *record, const struct pod_container_id *id);

/* A record of a pod as it is known, and one of what this node is. */
void pod_record_of(const struct pod *pod, struct buf *record);
void pod_record_of_node(const struct this_node *node, struct buf *record);

struct pod_record {
	enum pod_record_kind kind;
	struct pod *pod; /* POD, GONE: the caller's; of GONE only the names, UID and key count */
	/* DOWN, NODE_UNREAD, EVENT_FAILED: why; bytes of any kind */
	char message[POD_MESSAGE_MAX + 1];
	struct this_node node; /* NODE */
};

/*
 * Read a record. 0; -EINVAL when it is not one: a part is cut off, unknown, or has a value that
 * it can't have, a pod has no name, or it is beyond the bounds; -ENOMEM. Names are then of
 * printable ASCII without blanks and slashes.
 */
int pod_record_parse(const void *bytes, size_t len, struct pod_record *ret_record);
