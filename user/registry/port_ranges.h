/* SPDX-License-Identifier: MIT */
/* Ports that are given away by others than the registry, unless a node is set up otherwise. */
#pragma once

/* Kubernetes' node ports (service-node-port-range). */
#define NODEPORT_FIRST 30000
#define NODEPORT_LAST  32767

/* What Linux chooses from (net.ipv4.ip_local_port_range). */
#define EPHEMERAL_FIRST 32768
#define EPHEMERAL_LAST	60999
