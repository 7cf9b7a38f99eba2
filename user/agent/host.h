/* SPDX-License-Identifier: MIT */
/*
 * What others may change on the host while the agent runs, and the agent follows: the
 * ephemeral range, the reserved ports, and whether the kernel has SCTP.
 */
#pragma once

#include "../kernel/kernel.h"
#include "../policy/in_force.h"
#include "reserve.h"

struct host {
	/* borrowed, set before the start */
	const struct in_force *in_force;
	struct kernel *kernel;

	struct reserve reserve;
	bool sctp_attached; /* or tried */
};

/* Before a policy and a configuration are in force: reserve the ports that they need. */
void host_prepare(struct host *host, const struct policy *policy, const struct hp_config *config);

/* Look again at everything. */
void host_refresh(struct host *host);

/*
 * Attach the programs for SCTP once the kernel has it: LSM programs run at each bind() of the
 * machine, SCTP or not. Few machines have SCTP, and on the others they cost nothing.
 */
void host_attach_sctp(struct host *host);
