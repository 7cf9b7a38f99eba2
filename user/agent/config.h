/* SPDX-License-Identifier: MIT */
/* What the agent was asked to do: its command line and environment, read. */
#pragma once

#include "../base/endpoint.h"
#include "../base/options.h"
#include "../kernel/kernel.h"
#include "../pods/pods.h"
#include "../source/node_options.h"

#define CONFIG_FOLD_MAX_S 3600ULL

/* What becomes of the programs when the agent ends. */
enum on_exit {
	ON_EXIT_BY_MODE, /* they stay in enforce mode */
	ON_EXIT_DETACH,
	ON_EXIT_KEEP,
};

/* When registered ports of the ephemeral range are reserved. */
enum reserve_ports {
	RESERVE_PORTS_AUTO, /* in enforce mode */
	RESERVE_PORTS_YES,
	RESERVE_PORTS_NO,
};

struct config {
	struct node_options node;
	bool role_auto; /* the node's Node says its role: see node_role.h */
	bool deny_kernel;
	bool deny_unknown;   /* pods that are not known, where a class asks who it is */
	bool deny_essential; /* rows that the node can't do without may be denied */
	enum reserve_ports reserve_ports;
	bool close_existing;  /* TCP listeners that would be denied */
	unsigned int sweep_s; /* seconds between sweeps; 0: only the first one */
	uint64_t fold_ns;     /* repeats within it make one line; 0: each makes its own */
	uint32_t ring_bytes;  /* of the ring of records; 0: by the number of CPUs */
	uint32_t errno_code;  /* what a denied bind() returns */
	enum kernel_listen listen;
	enum on_exit on_exit;
	const char *pin;    /* the directory of pins; NULL: none */
	bool pin_given;	    /* it was asked for by name */
	const char *cgroup; /* NULL: cgroup2's root */
	const char *netns;  /* NULL: the agent's own */
	const char *socket;
	const char *pods[POD_SOURCES_MAX];
	size_t pods_len;
	bool pods_given;	/* none counts */
	const char *kubeconfig; /* NULL: a pod's own */
	const char *kubelet_ca; /* NULL: the API server's */
	bool kube_events;	/* violations are also reported as Kubernetes Events */
	const char *node_name;	/* NULL: the host's */
	const char *metrics;	/* where HTTP clients may ask, as given; NULL: nowhere */
	struct endpoint metrics_at;
	int log_json; /* -1: not given */
};

/*
 * Read the command line and the environment. enum options_result, where help
 * and version stand in `out`; or a negative errno with what is wrong in `out`.
 * Strings in the result live as long as argv and the environment.
 */
int config_parse(int argc, char **argv, struct config *ret_config, struct buf *out);
