/* SPDX-License-Identifier: MIT */
/* The agent, put together. Only the files that join its rooms include this. */
#pragma once

#include "../violations/host_ports.h"
#include "../violations/violations.h"
#include "kube_events.h"
#include "metrics_endpoint.h"
#include "mode.h"
#include "node_role.h"
#include "owners.h"
#include "pod_sources.h"
#include "privilege.h"
#include "programs.h"
#include "file_watch.h"
#include "reload.h"

struct agent {
	const struct config *config;
	struct loop *loop;
	struct target target;
	struct identity identity;
	struct in_force in_force;
	struct host host;
	struct programs programs;
	struct owners owners;
	struct policy_load load;
	struct stream stream;
	struct sweep sweep;
	struct violations violations;
	struct host_ports host_ports;
	struct watch watch;
	struct mode mode;
	struct exception_timer exceptions;
	struct node_role node_role;
	struct reload reload;
	struct file_watch registry_watch;
	struct pod_sources pod_sources;
	struct kube_events kube_events;
	struct metrics_endpoint metrics;
	struct privilege privilege;
	bool ready;
	bool on_terminal; /* standard output is one */
};

/* Let each room borrow what it needs of the others. `config` is set before. */
void context_connect(struct agent *agent);
