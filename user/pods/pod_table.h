/* SPDX-License-Identifier: MIT */
/*
 * The pods that one source has told of, by their UIDs, and for a while those that are gone. It is
 * bounded: of what is too much the number is kept. Times are of one clock, in seconds. Pure.
 */
#pragma once

#include "pod_record.h"

#define POD_TABLE_MAX	    2048	/* pods of a node */
#define POD_TABLE_GONE_MAX  1024	/* beside them */
#define POD_TABLE_GONE_S    600		/* how long a pod that is gone is remembered */
#define POD_TABLE_BYTES_MAX (4UL << 20) /* of all pods together */

struct pod_entry {
	struct pod *pod;
	bool gone;
	uint64_t gone_s; /* since when */
	bool listed;	 /* the list at hand has it */
};

struct pod_table {
	struct pod_entry *entries; /* in the order of their keys */
	size_t len, cap;
	size_t gone;	 /* entries of pods that are gone */
	size_t bytes;	 /* of all pods */
	size_t left_out; /* pods of the last list, and new ones since, that there was no room for */
	bool listing;
	bool was_listed; /* a list has ended: all pods were told of once */
};

/*
 * Take over a pod that is new or has changed; it is freed if it is not kept. 0; -E2BIG: there is
 * no room; -ENOMEM.
 */
int pod_table_put(struct pod_table *table, struct pod *pod, uint64_t now_s);

/* A pod is gone. */
void pod_table_remove(struct pod_table *table, const char *key, uint64_t now_s);

/* A list of all pods begins: each pod of it is put. When it ends, the others are gone. */
void pod_table_list(struct pod_table *table);
void pod_table_listed(struct pod_table *table, uint64_t now_s);

/* Do what a record says. 0, -E2BIG or -ENOMEM. The record's pod is taken. */
int pod_table_apply(struct pod_table *table, struct pod_record *record, uint64_t now_s);

/* Forget pods that have been gone for long. */
void pod_table_age(struct pod_table *table, uint64_t now_s);

/*
 * The pod with a UID, as control groups have it, also one that is gone; NULL: not known. A static
 * pod is found by its own UID, and by the object of the API server that stands for it; a pod
 * that has the UID itself goes before one that only says so.
 */
const struct pod_entry *pod_table_find(const struct pod_table *table, const char *uid);

void pod_table_free(struct pod_table *table);
