/* SPDX-License-Identifier: MIT */
/* What machines of one role get for the registry: files, and a unit. Pure. */
#pragma once

#include "export.h"

#define MACHINE_RULES	 "/etc/hostportd/firewall.nft"
#define MACHINE_RESERVED "/etc/sysctl.d/98-hostportd.conf"
#define MACHINE_UNIT	 "hostportd-firewall.service"

struct machine {
	struct buf rules;    /* of nft_write() */
	struct buf reserved; /* of reserved_write(); empty where there is nothing to reserve */
};

/* The text of the unit, which loads the rules before the network is up. */
extern const char machine_unit[];

/* What MachineConfigs call a role; NULL, with a line in `said`, where it is neither of the two. */
const char *machine_pool(enum reg_role role, struct buf *said);

/* 0, or as nft_write() and reserved_write() fail. It is the caller's, also on failure. */
int machine_build(const struct export_job *job, struct machine *ret, struct buf *said);

void machine_done(struct machine *machine);
#define _cleanup_machine_ _cleanup_(machine_done)
