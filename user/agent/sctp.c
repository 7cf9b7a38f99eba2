// SPDX-License-Identifier: MIT
/*
 * LSM programs run at each bind() of the machine, SCTP or not. Few machines have
 * SCTP; on the others they are loaded, but cost nothing until its module is.
 */
#include <string.h>

#include "../base/log.h"
#include "state.h"

bool sctp_can_be_checked(const struct agent *agent)
{
	return agent->mounts.v2_is_root && strcmp(agent->cgroup, agent->mounts.v2) == 0;
}

/* Of all namespaces: protocols are the kernel's. */
static bool kernel_has_protocol(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/net/protocols", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "SCTP", 4) == 0)
			return true;
	return false;
}

void sctp_attach(struct agent *agent)
{
	int r;

	if (agent->sctp_attached || !kernel_has_sctp(agent->kernel) || !kernel_has_protocol())
		return;
	agent->sctp_attached = true;
	r = kernel_attach_sctp(agent->kernel);
	if (r < 0)
		log_warning("SCTP is not denied, only swept for: attaching the LSM programs: %s",
			    strerror(-r));
}
