/* SPDX-License-Identifier: MIT */
/*
 * Where the agent learns of this node's pods. What a source once told stays known when the source
 * is lost; the status, and a notice, say that it is.
 */
#pragma once

#include "../base/rate.h"
#include "../pods/pods.h"
#include "../stream/stream.h"
#include "file_watch.h"
#include "pod_process.h"

/* These are no paths. No more than one of them may be given. */
#define POD_SOURCES_SERVER  "apiserver"
#define POD_SOURCES_KUBELET "kubelet"

struct pod_sources {
	/* borrowed, set before the start */
	const char *const *specs; /* of --pods */
	size_t specs_len;
	const char *kubeconfig; /* NULL: a pod's own */
	const char *kubelet_ca; /* NULL: the API server's */
	struct stream *stream;
	const struct identity *identity; /* it knows the node's name */
	void (*on_change)(void *data);	 /* what is known of pods has changed */
	/* what this node is, or, with NULL, why that can't be read; NULL: nobody wants to know */
	void (*on_node)(void *data, const struct this_node *node, const char *why);
	/* what became of an Event: why it failed, or NULL */
	void (*on_event)(void *data, const char *why);
	void *data;

	struct pods pods;
	struct rate notices;
	const char *paths[POD_SOURCES_MAX]; /* those of specs that are files */
	size_t paths_len;
	struct file_watch watch;
	struct pod_source *server; /* NULL: neither the API server nor the kubelet is asked */
	bool server_failed;	   /* at least once */
	struct pod_process process;
};

/* Read what can be read, and wait for changes. 0, or a negative errno. */
int pod_sources_start(struct pod_sources *sources, struct loop *loop);

/* Wait up to `ms` until the API server, or the kubelet, has told of all pods, or can't. */
void pod_sources_wait(struct pod_sources *sources, uint64_t ms);

void pod_sources_stop(struct pod_sources *sources);
