/* SPDX-License-Identifier: MIT */
/* R1, R2 and R4: claimed ports, and the rows that name them. Pure. */
#pragma once

#include "check_state.h"

/*
 * Accept a finding about a port (NULL: none) where an exception of the registry
 * holds for its class and this container.
 */
void registered_accept(struct check *check, const struct pod *pod,
		       const struct container *container, uint8_t proto, uint16_t port, uint8_t cls,
		       struct finding *finding);

/*
 * Append what R1 says against a port that a container takes without declaring it, "; WHY", and
 * what to do, ", and FIX"; nothing where all is well. `port` is as if it were declared.
 */
void registered_explain(struct check *check, const struct pod *pod,
			const struct container *container, const struct port *port, struct buf *why,
			struct buf *fix);

/* Add findings for the claims of a pod, by the decision of the agent's own policy. */
void registered_check(struct check *check, const struct pod *pod);
