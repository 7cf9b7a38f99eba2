/* SPDX-License-Identifier: MIT */
/* The ports of this node that all its pods declare. Pure. */
#pragma once

#include "pod_ports.h"
#include "pods.h"

#define NODE_PORTS_MAX 65536

/* A port of the node that a pod declares. */
struct node_ports_entry {
	const struct pod *pod; /* borrowed */
	const struct pod_port *port;
	uint16_t number;	   /* of the node: see pod_node_port() */
	uint8_t scope;		   /* enum hp_scope; of the address */
	uint8_t family;		   /* of its address: 4 or 6; 0: every address */
	uint8_t addr[HP_ADDR_LEN]; /* network byte order; IPv4 in the first four bytes */
	uint32_t order;		   /* as it was found */
};

/* Those of the pods that have not ended. */
struct node_ports {
	struct node_ports_entry *list; /* by protocol, port, and the pod's names; each once */
	size_t len;
	size_t left_out; /* beyond NODE_PORTS_MAX */
};

/* Collect them; they are valid until the pods change. 0, or -ENOMEM. The caller frees them. */
int node_ports_collect(const struct pods *pods, struct node_ports *ret_ports);
void node_ports_free(struct node_ports *ports);
#define _cleanup_node_ports_ _cleanup_(node_ports_free)

/* Those of a protocol and port, *ret_len of them. */
const struct node_ports_entry *node_ports_at(const struct node_ports *ports, uint8_t proto,
					     uint16_t port, size_t *ret_len);
