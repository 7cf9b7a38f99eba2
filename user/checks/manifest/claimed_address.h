/* SPDX-License-Identifier: MIT */
/* The addresses on which a container claims a port of the node. Pure. */
#pragma once

#include "model.h"

/*
 * The address on which a container of a pod claims its port, "" for all: from its arguments,
 * where they say nothing of the port from those of the pod's other containers, else hostIP.
 * Several addresses count as all, unless all of them are loopback.
 */
const char *claimed_address(const struct pod *pod, const struct container *container,
			    const struct port *port);

/* enum hp_scope, of such an address. */
uint8_t claimed_address_scope(const char *address);

/* Do two such addresses have one in common? */
bool claimed_address_overlap(const char *a, const char *b);
