/* SPDX-License-Identifier: MIT */
/* The ports of the node that a pod declares, as the programs look them up. Pure. */
#pragma once

#include "../../bpf/verdict.h"
#include "pod.h"

/*
 * The key of a declared port, without its control group. A host IP that can't be read is any
 * address. False: the port is none of the node's.
 */
bool pod_ports_key(const struct pod *pod, const struct pod_port *port,
		   struct hp_declared_key *ret_key);

/* A port at an address: IPv4 (family 4) in the first four bytes, or IPv6; network byte order. */
struct pod_ports_query {
	uint8_t proto, scope; /* enums of abi.h */
	uint16_t port;
	uint8_t family;
	uint8_t addr[HP_ADDR_LEN];
};

/* Does the pod declare it, as the programs would find? Also if not all that it declares is known.
 */
bool pod_ports_declare(const struct pod *pod, const struct pod_ports_query *query);
