/* SPDX-License-Identifier: MIT */
/* R3: a pod declares the ports on which it listens. Pure. */
#pragma once

#include "check_state.h"

/* Does a container of the pod declare the protocol's port, by its name where one is given? */
bool declared_has(const struct pod *pod, const char *name, uint16_t number, uint8_t proto);

/* Append how to declare a port. */
void declared_how(uint16_t number, uint8_t proto, bool localhost, struct buf *out);

/*
 * Add findings for ports of probes, handlers and arguments that a pod on the host
 * network does not declare. Those that are known for sure become .undeclared of their containers.
 */
void declared_check(struct check *check, const struct pod *pod);
