/* SPDX-License-Identifier: MIT */
/* Reads pods from files: a list of pods, as `kubectl get pods -o json` prints it, or manifests. */
#pragma once

#include "../pods/pod.h"
#include "source_file.h"

#define POD_FILES_BYTES_MAX (128UL << 20) /* of one JSON file; YAML: REGISTRY_FILE_MAX */
#define POD_FILES_PODS_MAX  4096

/* What a path has. */
struct pod_files {
	struct pod **pods;
	size_t len;
	bool static_only; /* they are static pods */
	size_t others;	  /* pods of other nodes */
	size_t unusable;  /* pods without a name, or with one that can't be */
	size_t left_out;  /* pods beyond the bounds */
};

/*
 * Read the pods of `path`. A file has pods as an API server gives them. In a directory each file
 * that is not hidden has static pods, as for the kubelet, which appends the node's name to
 * theirs. Pods of another node than `node` are left out. 0; -EINVAL with a sentence in `err` if
 * the path or one of its files can't be read, and with the pods of the others; -ENOMEM.
 */
int pod_files_read(const char *path, const char *node, struct pod_files *ret_files,
		   struct buf *err);

void pod_files_free(struct pod_files *files);
#define _cleanup_pod_files_ _cleanup_(pod_files_free)
