/* SPDX-License-Identifier: MIT */
/* A port of a node that a container claims: on which addresses. Pure. */
#pragma once

#include "model.h"

/*
 * The address that a container claims its port on, "" for all: what its arguments
 * say, else hostIP. Several addresses, of which not all are loopback, are all.
 */
const char *claimed_address(const struct container *container, const struct port *port);

/* enum hp_scope, of such an address. */
uint8_t claimed_address_scope(const char *address);

/* Do two such addresses have one in common? */
bool claimed_address_overlap(const char *a, const char *b);
