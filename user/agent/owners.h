/* SPDX-License-Identifier: MIT */
/*
 * Tells the programs whom rows for their owners alone are for: control groups of units and of
 * pods, and files of programs; and which ports pods declare. Nothing is read or watched before a
 * policy has such rows, unless there are pod sources.
 */
#pragma once

#include "../base/loop.h"
#include "../identity/identity.h"
#include "../identity/watched_groups.h"
#include "../kernel/kernel.h"
#include "../pods/pods.h"
#include "../policy/in_force.h"

/* Keys that the programs were told of since all was told last. */
struct told {
	char *keys;
	size_t size; /* of a key */
	size_t len, cap;
	int (*compare)(const void *a, const void *b);
	bool all; /* nothing is missing */
};

struct owners {
	/* borrowed, set before owners_start() */
	struct in_force *in_force;
	struct identity *identity;
	const struct pods *pods;
	const struct cgroup_mounts *mounts;
	bool has_pod_sources;
	void (*on_known)(void *data); /* a pod that was not known may be known now */
	void *data;

	struct kernel *kernel;
	struct loop *loop;
	struct loop_source *timer, *pods_timer;
	struct watched_groups *groups; /* NULL: not needed yet, or not to be had */
	uint32_t next;		       /* the number of the next policy's first set */
	uint16_t *grants;	       /* room for one owner's */
	const struct policy *policy;   /* that the rest is for */
	struct told told;	       /* owners */
	struct told declared;	       /* ports of pods */
	bool pods_changed;	       /* pods_timer will tell */
	uint64_t unknown_until_s;      /* a pod that was not known has asked: see on_known */
	size_t entries;		       /* owners that the programs know */
	size_t left_out;	       /* that they have no room for */
	size_t ports;		       /* declared ones that they know, by control group */
	size_t ports_left_out;	       /* how often there was no room for a pod's */
	bool warned;
};

/* Of which kinds are owners told from others on this node? */
void owners_facts(const struct owners *owners, struct node_facts *facts);

/* The programs are loaded: number the policy that is to be published first. 0, or -errno. */
int owners_start(struct owners *owners, struct kernel *kernel, struct loop *loop);

/* A policy that is to be published next: number its sets, and tell the programs of its owners. */
int owners_prepare(struct owners *owners, struct policy *policy);

/* It was not published: what is in force goes on. */
void owners_return(struct owners *owners);

/* Some time after a publication: owners of the policies before are forgotten. */
void owners_settle(struct owners *owners);

/* The pods are others now. */
void owners_pods_changed(struct owners *owners);

void owners_stop(struct owners *owners);
