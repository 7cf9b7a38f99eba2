/* SPDX-License-Identifier: MIT */
/*
 * Picks what counts of pods out of Kubernetes objects, which come in the smallest pieces: a list
 * or mapping begins, a key, a scalar, it ends. So a list of any size is read a pod at a time, and
 * it does not matter whether it is JSON or YAML. It reads pods, lists of them, events of a watch
 * with a pod in each, statuses, and a Node. Pure.
 */
#pragma once

#include "pod_record.h"

#define POD_READER_DEPTH_MAX   128
#define POD_READER_VERSION_MAX 64

enum pod_read_kind {
	POD_READ_POD,	 /* one pod */
	POD_READ_LIST,	 /* a list has ended; its pods were before it */
	POD_READ_STATUS, /* an error of the API server's, or what is like it */
	POD_READ_NODE,	 /* a Node */
	POD_READ_OTHER,	 /* an object of another kind */
};

/* An object that has been read; valid in the call only. */
struct pod_read {
	enum pod_read_kind kind;
	const char *type;		   /* of a watch's event, or "" */
	const char *version;		   /* its resourceVersion, or "" */
	const char *node;		   /* POD: nodeName, or "" */
	bool initial_events_end;	   /* an event that ends the list a watch began with */
	unsigned int code;		   /* STATUS: 0: none */
	const char *message;		   /* STATUS */
	const struct buf *record;	   /* POD: of kind POD, not yet checked */
	const struct this_node *this_node; /* NODE */
};

/* 0, or a negative errno: reading ends with it. */
typedef int (*pod_read_fn)(void *data, const struct pod_read *read);

struct pod_reader {
	/* set before the first piece */
	pod_read_fn fn;
	void *data;
	const char *suffix; /* of names: "-NODE" of static pods; NULL: none */

	size_t objects; /* that were read */
	uint8_t stack[POD_READER_DEPTH_MAX];
	size_t depth;
	uint8_t next; /* the meaning of the value of the last key */
	bool has_items, has_object, initial_events_end;
	char type[16];
	char list_version[POD_READER_VERSION_MAX + 1];

	/* of the object at hand */
	char kind[64], version[POD_READER_VERSION_MAX + 1], message[POD_MESSAGE_MAX + 1];
	unsigned int code, flags;
	bool full; /* there is no room for more */
	char namespace_[POD_TEXT_MAX + 1], name[POD_TEXT_MAX + 1], uid[POD_TEXT_MAX + 1];
	char mirror[POD_TEXT_MAX + 1], hash[POD_TEXT_MAX + 1], node[POD_TEXT_MAX + 1];
	size_t containers, ports, ids;
	char container[POD_TEXT_MAX + 1]; /* also of a container's status */
	uint8_t container_kind;
	struct pod_port port;
	char host_ip[POD_TEXT_MAX + 1];
	bool port_is_bad;
	char status_ids[3][POD_TEXT_MAX + 1]; /* of one container: now, before that, and the last */
	size_t status_ids_len;
	struct this_node_fields of_node;
	struct buf record;
};

void pod_reader_init(struct pod_reader *reader, pod_read_fn fn, void *data);
void pod_reader_free(struct pod_reader *reader);

/*
 * The pieces of an object, in their order; the document's is a mapping. 0; -E2BIG when it is
 * nested too deeply; -ENOMEM; or what the function returned.
 */
int pod_reader_open(struct pod_reader *reader, bool list);
int pod_reader_close(struct pod_reader *reader);
void pod_reader_key(struct pod_reader *reader, const char *text, size_t len);
void pod_reader_scalar(struct pod_reader *reader, const char *text, size_t len);

/* A null: as if the key were not there. */
void pod_reader_null(struct pod_reader *reader);

/* Something of the object at hand can't be read: it counts as incomplete. */
void pod_reader_skipped(struct pod_reader *reader);
