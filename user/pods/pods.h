/* SPDX-License-Identifier: MIT */
/* The pods of this node: sources and what each has told of, in the order of their options. Pure. */
#pragma once

#include <time.h>

#include "../base/jsonw.h"
#include "pod_table.h"

#define POD_SOURCES_MAX 8

struct pod_source {
	const char *name;	 /* as --pods has it */
	bool static_only;	 /* it tells of static pods alone */
	bool up;		 /* it works */
	struct buf error;	 /* why not, or what it could not take; empty: nothing is wrong */
	struct timespec updated; /* when it told of pods last, UTC; 0: never */
	size_t unusable;	 /* pods that could not be taken: of no valid name */
	struct pod_table table;
};

struct pods {
	struct pod_source sources[POD_SOURCES_MAX];
	size_t len;
	struct pod_table logs; /* names, UIDs and ids: what the kubelet's log directories tell */
};

/* Has each source told once of all its pods? */
bool pods_were_listed(const struct pods *pods);

/*
 * The pod with a UID; NULL: not known. One that has it itself goes before one that only says so,
 * then one that is there before one that is gone, then that of the first source.
 */
const struct pod_entry *pods_find(const struct pods *pods, const char *uid);

/*
 * The pod that has, or had, a container with an id; one that is there before one that is gone, then
 * that of the first source. NULL: not known.
 */
const struct pod_entry *pods_find_container(const struct pods *pods, const char *id);

/*
 * The name of a pod's container with an id (NULL: any), or of the only one that the pod has. NULL:
 * not known yet.
 */
const char *pods_container(const struct pod *pod, const char *id);

/* Is each pod of this node known? It is if the sources work and one of them tells of all. */
bool pods_know_all(const struct pods *pods);

/* Write the member `pod_sources`: how each source is doing. */
void pods_put_sources(const struct pods *pods, struct jsonw *w);

#define PODS_JSON_MAX (2U << 20) /* bytes that one pod may take, without further members */

/* Who writes further members of a pod. */
struct pods_more {
	void (*put)(void *data, const struct pod *pod, struct jsonw *w);
	void *data;
};

/*
 * Write the member `pods`: all that is known, but no pod after that with which there are more than
 * `max` bytes. How many are left out.
 */
size_t pods_put(const struct pods *pods, uint64_t now_s, size_t max, const struct pods_more *more,
		struct jsonw *w);

void pods_free(struct pods *pods);
