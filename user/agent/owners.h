/* SPDX-License-Identifier: MIT */
/*
 * Tells the programs whom rows for their owners alone are for: control groups of units, and
 * files of programs. Nothing is read or watched before a policy has such rows.
 */
#pragma once

#include "../base/loop.h"
#include "../identity/identity.h"
#include "../identity/unit_groups.h"
#include "../kernel/kernel.h"
#include "../policy/in_force.h"

struct owners {
	/* borrowed, set before owners_start() */
	struct in_force *in_force;
	struct identity *identity;
	const char *cgroup2; /* its mount point; empty: there is none */

	struct kernel *kernel;
	struct loop *loop;
	struct loop_source *timer;
	struct unit_groups *groups;  /* NULL: not needed yet, or not to be had */
	uint32_t next;		     /* the number of the next policy's first set */
	uint16_t *grants;	     /* room for one owner's */
	const struct policy *policy; /* that the rest is for */
	size_t entries;		     /* owners that the programs know */
	size_t left_out;	     /* that they have no room for */
	bool warned;
};

/* The programs are loaded: number the policy that is to be published first. 0, or -errno. */
int owners_start(struct owners *owners, struct kernel *kernel, struct loop *loop);

/* A policy that is to be published next: number its sets, and tell the programs of its owners. */
int owners_prepare(struct owners *owners, struct policy *policy);

/* It was not published: what is in force goes on. */
void owners_return(struct owners *owners);

/* Some time after a publication: owners of the policies before are forgotten. */
void owners_settle(struct owners *owners);

void owners_stop(struct owners *owners);
