/* SPDX-License-Identifier: MIT */
/* The ports of the node that a pod declares, as the programs look them up. Pure. */
#pragma once

#include "../../bpf/verdict.h"
#include "pod.h"

/*
 * The address that a port is declared for, as IPv6 has it, in network byte order; zero if there is
 * none, or none that can be read: then it is for every address.
 */
void pod_ports_address(const struct pod_port *port, uint32_t ret_addr[4]);

/* The key of a declared port, without its control group. False: it is no port of the node. */
bool pod_ports_key(const struct pod *pod, const struct pod_port *port,
		   struct hp_declared_key *ret_key);

/* A port at an address: IPv4 (family 4) in the first four bytes, or IPv6; network byte order. */
struct pod_ports_query {
	uint8_t proto, scope; /* enums of abi.h */
	uint16_t port;
	uint8_t family;
	uint8_t addr[HP_ADDR_LEN];
};

/* The port by which the pod declares it, as the programs would find; NULL: none. */
const struct pod_port *pod_ports_find(const struct pod *pod, const struct pod_ports_query *query);

/* Does the pod declare it? Also if not all that it declares is known. */
bool pod_ports_declare(const struct pod *pod, const struct pod_ports_query *query);

/*
 * Is a declared port, in part at least, this one? What is for every address meets each address, and
 * so does a socket at every address.
 */
bool pod_ports_meet(const struct pod *pod, const struct pod_port *port,
		    const struct pod_ports_query *query);
