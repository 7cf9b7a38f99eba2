/* SPDX-License-Identifier: MIT */
/*
 * From the kernel's record to the event that is told: times, names, paths, the
 * workload and the row. What can't be found out any more stays empty; the
 * kernel's own data (pid, uid, comm, cgroup id) is always there.
 */
#pragma once

#include "../event/event.h"
#include "../kernel/cgroup.h"
#include "generations.h"

struct identity {
	struct cgroup_names *v2; /* NULL: no cgroup2 */
	uint64_t v2_root;	 /* the id of its mount point */
	struct cgroup_names *v1; /* memory hierarchy; NULL: cgroup2 names workloads */
	const struct generations *generations;
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

/* Fill an event from a record and what the folding says of it. */
void identity_event(const struct identity *identity, const struct hp_event *record, uint64_t count,
		    uint64_t first_ns, uint64_t last_ns, struct event *ret_event);

/*
 * Fill what event_listener_json() tells of a socket that is there now. `same`:
 * the event was last filled for this process and cgroup, whose names need not
 * be looked up again.
 */
void identity_listener(const struct identity *identity, const struct hp_event *record, bool same,
		       struct event *event);
