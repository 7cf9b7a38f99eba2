// SPDX-License-Identifier: MIT
#include "host.h"

#include <stdio.h>
#include <string.h>

#include "../base/log.h"

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

void host_attach_sctp(struct host *host)
{
	int r;

	if (host->sctp_attached || !kernel_has_sctp(host->kernel) || !kernel_has_protocol())
		return;
	host->sctp_attached = true;
	r = kernel_attach_sctp(host->kernel);
	if (r < 0)
		log_warning("SCTP is not denied, only swept for: attaching the LSM programs: %s",
			    strerror(-r));
}

void host_prepare(struct host *host, const struct policy *policy, const struct hp_config *config)
{
	reserve_ahead(&host->reserve, policy, config);
}

void host_refresh(struct host *host)
{
	host->reserve.can_refuse = kernel_guards(host->kernel);
	reserve_refresh(&host->reserve, host->in_force->policy, &host->in_force->decision);
	kernel_set_chosen_range(host->kernel, host->reserve.first, host->reserve.last);
	host_attach_sctp(host);
}
