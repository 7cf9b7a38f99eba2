/* SPDX-License-Identifier: MIT */
/*
 * From the kernel's record to the event that is told: times, names, paths, the
 * workload and the row. What can't be found out any more stays empty; the
 * kernel's own data (pid, uid, comm, cgroup id) is always there.
 */
#pragma once

#include "../event/event.h"
#include "../kernel/cgroup.h"
#include "../stream/generations.h"
#include "process.h"

#define IDENTITY_PLACES 64 /* a power of two */

/* Who the tasks of a control group are: what was last found out of it. */
struct place {
	uint64_t cgroup_id, cgroup_v1_id, start_ns;
	uint32_t pid; /* 0: any of its processes is told so */
	bool kernel;  /* it was a kernel thread, or socket */
	bool lasts;   /* it comes of the ids alone */
	uint64_t moment;
	uint32_t number; /* another one for each that differs; 0: none */
	char *cgroup;	 /* empty: not known */
	struct workload workload;
};

struct identity {
	struct cgroup_names *v2; /* NULL: no cgroup2 */
	uint64_t v2_root;	 /* the id of its mount point */
	struct cgroup_names *v1; /* memory hierarchy; NULL: cgroup2 names workloads */
	const struct generations *generations;
	struct processes *processes;
	struct place *places;	/* IDENTITY_PLACES of them, each for what hashes there */
	uint32_t places_number; /* the last one given */
	uint64_t moment;
	long long to_wall; /* what to add to CLOCK_BOOTTIME to have the wall clock */
	char node[256];
};

/* Read the node's name, open the hierarchies. 0, or a negative errno. */
int identity_open(struct identity *identity, const struct cgroup_mounts *mounts);
void identity_close(struct identity *identity);

/* Can cgroup ids be turned into paths? It takes CAP_DAC_READ_SEARCH. */
bool identity_names_cgroups(const struct identity *identity);

/*
 * Is v1 what names workloads on this machine? So it is on a hybrid one whose
 * v1 memory hierarchy has controllers that cgroup2 lacks.
 */
bool identity_uses_v1(const struct cgroup_mounts *mounts);

/* Before events of another moment: clocks may have been set, and processes may be others. */
void identity_moment(struct identity *identity);

/* Fill an event from a record and what the folding says of it. */
void identity_event(struct identity *identity, const struct hp_event *record, uint64_t count,
		    uint64_t first_ns, uint64_t last_ns, struct event *ret_event);

/*
 * Fill what event_listener_json() tells of a socket that is there now. `same`:
 * the event was last filled for this process and cgroup, whose names need not
 * be looked up again.
 */
void identity_listener(struct identity *identity, const struct hp_event *record, bool same,
		       struct event *event);
