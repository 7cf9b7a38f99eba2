/* SPDX-License-Identifier: MIT */
/*
 * Who a record of the kernel is about: the program, the control group, the workload; and
 * the wall clock of its time.
 */
#pragma once

#include <time.h>

#include "../kernel/cgroup.h"
#include "owner_files.h"
#include "process.h"
#include "workload_find.h"
#include "workload_owner.h"

struct identity {
	struct cgroup_names *v2; /* NULL: no cgroup2 */
	uint64_t v2_root;	 /* the id of its mount point */
	struct cgroup_names *v1; /* memory hierarchy; NULL: cgroup2 names workloads */
	struct processes *processes;
	uint64_t moment;
	long long to_wall;	  /* what to add to CLOCK_BOOTTIME to have the wall clock */
	char last_path[PATH_MAX]; /* that was parsed: records come in runs of one control group */
	struct workload last_workload;
	struct owner_files files; /* of programs that rows name as owners; the agent's */
	struct pods *pods; /* of this node, borrowed, set before the start; NULL: none is known */
	uint64_t logs_read_s;	     /* when log directories were looked at last */
	struct workload_facts facts; /* what workloads are found with, also by others */
	char node[256];
	char node_root[PATH_MAX]; /* as workload_parse() wants it */
};

/*
 * Open the hierarchies. `node` is the node's name; NULL: the host's. 0, or a negative errno;
 * -ENAMETOOLONG: the node's name is too long.
 */
int identity_open(struct identity *identity, const struct cgroup_mounts *mounts, const char *node);
void identity_close(struct identity *identity);

/* Can cgroup ids be turned into paths? It takes CAP_DAC_READ_SEARCH. */
bool identity_names_cgroups(const struct identity *identity);

/*
 * Does v1 name workloads on this machine? It does on a hybrid one, whose v1
 * memory hierarchy has controllers that cgroup2 lacks.
 */
bool identity_uses_v1(const struct cgroup_mounts *mounts);

/*
 * Before events of another moment: clocks may have been set, and processes may be others, and pods
 * may have become known.
 */
void identity_moment(struct identity *identity);

/* A time of CLOCK_BOOTTIME by the wall clock, as that was at the last moment. */
struct timespec identity_time(const struct identity *identity, uint64_t boot_ns);

/*
 * The workload of a record's task, and the path of its control group, or of the nearest
 * ancestor of that which lives; valid until the next call; "": not known.
 */
const char *identity_workload(struct identity *identity, const struct hp_event *record,
			      struct workload *ret_workload);

/*
 * Who a process is, as rows name their owners: by the control group of cgroup2 that it is in, and
 * by the file that it runs (0: not known). Valid until the next call.
 */
struct owner_of identity_owner(struct identity *identity, uint64_t cgroup_id, uint32_t pid);

/*
 * The pod that a process of a control group of cgroup2 is in, as a pod source has told of it; valid
 * until the pods change. NULL: it is in none, or in one that is not known.
 */
const struct pod *identity_pod(struct identity *identity, uint64_t cgroup_id);

/* The program of a record's process, valid until the next call. NULL: not known. */
const char *identity_exe(struct identity *identity, const struct hp_event *record);
