/* SPDX-License-Identifier: MIT */
/* The workload of a process, as far as its cgroup's path tells. Pure. */
#pragma once

#include <stdbool.h>

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
	char uid[64];	       /* pod: its UID with dashes, or a static pod's hash */
	char container_id[72]; /* pod: the container's; cgroup: a Kata sandbox's; may be empty */
	char runtime[16];      /* of that: crio, containerd, docker, kata; may be empty */
	char unit[256];	       /* unit */
	/* pod: what is known beside its path, see workload_find(); else empty */
	char namespace_[64], pod[254], container[64];
};

/*
 * Read a cgroup path, which starts with "/". Known forms: the systemd and cgroupfs drivers of
 * the kubelet under CRI-O, containerd and Docker, and systemd units. They count at the root,
 * and below `node_root`, the path of a node that is itself a container or that has its pods
 * elsewhere; "": it has none. Elsewhere any container may have made such names.
 */
void workload_parse(const char *node_root, const char *cgroup_path, struct workload *ret);

/*
 * Read the path of a pod whose UID has any form: a manifest may state what it likes, so whoever
 * asks must know that there is such a pod. False: it is no such path.
 */
bool workload_parse_stated(const char *node_root, const char *cgroup_path, struct workload *ret);

/*
 * The root of the node that the agent runs on, from the agent's own cgroup path: how many bytes
 * of it lead to the innermost place where systemd's or the kubelet's names begin. All of it if
 * there is none, and the agent is no unit: then it is what the agent was started in. 0: the root.
 */
size_t workload_node_root(const char *own_path);

const char *workload_kind_word(enum workload_kind kind);

/* The kind that a word stands for; WORKLOAD_UNKNOWN: none. */
enum workload_kind workload_word_to_kind(const char *word);

/*
 * Append the workload in a few words, safe for a terminal; `cgroup` is the path that was read. The
 * key is the same without names, which may become known later: by it workloads are told apart.
 */
void workload_key(const struct workload *who, const char *cgroup, struct buf *out);
void workload_text(const struct workload *who, const char *cgroup, struct buf *out);
