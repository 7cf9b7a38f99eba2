/* SPDX-License-Identifier: MIT */
/* R1, R2 and R4: what the registry says of a port that a container claims. Pure. */
#pragma once

#include "check_state.h"

/* Say what is wrong with a claim, by the decision of the agent's own policy. */
void registered_check(struct check *check, const struct pod *pod, const struct container *container,
		      const struct port *port);
