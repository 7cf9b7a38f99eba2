/* SPDX-License-Identifier: MIT */
/*
 * The process that talks with the API server, or the kubelet, and hands records of pods to the
 * agent.
 */
#pragma once

#include "access.h"

struct worker_task {
	const char *node;
	bool kubelet;	 /* it is asked, not the API server */
	bool wants_node; /* what it is, beside its pods */
	int socket_fd;
};

/* Until the agent closes the socket. The exit status, EXIT_OK or EXIT_SYSTEM. */
int worker_run(const struct access *access, const struct worker_task *task);
