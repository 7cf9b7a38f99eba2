/* SPDX-License-Identifier: MIT */
/*
 * The process that reads pods from the API server, or the kubelet, and sends Kubernetes Events
 * there: the records that come from it, and the Events that it is given.
 */
#pragma once

#include "../base/loop.h"
#include "../pods/pod_record.h"

struct pod_process {
	/* set before the start */
	const char *node;
	bool wants_node;	/* what the node is, too */
	bool kubelet;		/* it is asked, not the API server */
	const char *kubelet_ca; /* NULL: the API server's */
	const char *kubeconfig; /* NULL: that of a pod */
	/*
	 * Takes a record, and its pod; NULL: one that could not be read. on_end() comes last, when
	 * the process has ended.
	 */
	void (*on_record)(void *data, struct pod_record *record);
	void (*on_end)(void *data);
	void *data;

	struct loop_source *source;
	int fd;
	char *bytes; /* room for a record */
	int pid;     /* 0: it was not started, or has ended */
};

/* 0, or a negative errno. Not after privileges were given up: then no program can be started. */
int pod_process_start(struct pod_process *process, struct loop *loop);

/* Wait up to `ms` for records, and take those that are there. */
void pod_process_wait(struct pod_process *process, uint64_t ms);

/*
 * Give it an Event, struct kube_event. It never waits. 0, or a negative errno: -EAGAIN when there
 * is no room for it, -ENOTCONN when there is no process.
 */
int pod_process_send(const struct pod_process *process, const void *bytes, size_t len);

void pod_process_stop(struct pod_process *process);
