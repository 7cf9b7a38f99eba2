/* SPDX-License-Identifier: MIT */
/* The workload of a process, as far as its cgroup's path tells. Pure. */
#pragma once

#include "../base/buf.h"

enum workload_kind {
	WORKLOAD_UNKNOWN, /* the path is not known */
	WORKLOAD_POD,
	WORKLOAD_UNIT,
	WORKLOAD_KERNEL,
	WORKLOAD_CGROUP, /* any other cgroup */
	WORKLOAD_KIND_MAX,
};

struct workload {
	enum workload_kind kind;
	char uid[40];	       /* pod: its UID with dashes, or a static pod's hash */
	char container_id[72]; /* pod: the container's id; empty: not in the path */
	char runtime[16];      /* pod: crio, containerd, docker; empty: not in the path */
	char unit[256];	       /* unit */
};

/*
 * Read a cgroup path, which starts with "/". Known forms: the systemd and
 * cgroupfs drivers of the kubelet under CRI-O, containerd and Docker, also
 * below another cgroup (a node in a container), and systemd units.
 */
void workload_parse(const char *cgroup_path, struct workload *ret);

const char *workload_kind_word(enum workload_kind kind);

/* The kind that a word stands for; WORKLOAD_UNKNOWN: none. */
enum workload_kind workload_word_to_kind(const char *word);

/* Append the workload in a few words, safe for a terminal; `cgroup` is the path that was read. */
void workload_text(const struct workload *who, const char *cgroup, struct buf *out);
