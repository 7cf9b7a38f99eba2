/* SPDX-License-Identifier: MIT */
/*
 * Keeps a worker running: it starts one again that has died, and starts another one when the
 * credentials have changed. It may read root's files, so it does not talk with anybody. It ends
 * when the agent closes the socket, and its worker with it; signals that may come to all processes
 * of a terminal or a unit don't end it.
 */
#pragma once

#include <stdbool.h>

struct keeper {
	const char *kubeconfig; /* NULL: that of a pod's service account */
	const char *node;
	bool kubelet;		/* it is asked, not the API server */
	const char *kubelet_ca; /* authorities for its certificate; NULL: the API server's */
	bool wants_node;	/* what it is, beside its pods */
	int fd;			/* the socket to the agent */
	unsigned int every_s;	/* how often the credentials are read */
	int (*confine)(void);	/* limits system calls of a worker; 0, or a negative errno */
};

/* Until the agent closes the socket. The exit status. */
int keeper_run(const struct keeper *keeper);
