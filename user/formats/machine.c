// SPDX-License-Identifier: MIT
#include "machine.h"

#include "nft_write.h"
#include "reserved_write.h"

const char machine_unit[] = "[Unit]\n"
			    "Description=Close the host ports that are not registered\n"
			    "Wants=network-pre.target\n"
			    "Before=network-pre.target\n"
			    "\n"
			    "[Service]\n"
			    "Type=oneshot\n"
			    "RemainAfterExit=yes\n"
			    "ExecStart=/usr/sbin/nft -f " MACHINE_RULES "\n"
			    "ExecReload=/usr/sbin/nft -f " MACHINE_RULES "\n"
			    "ExecStop=/usr/sbin/nft delete table inet hostportd\n"
			    "\n"
			    "[Install]\n"
			    "WantedBy=multi-user.target\n";

const char *machine_pool(enum reg_role role, struct buf *said)
{
	switch (role) {
	case REG_ROLE_CONTROL_PLANE:
		return "master";
	case REG_ROLE_WORKER:
		return "worker";
	default:
		buf_puts(said,
			 "a MachineConfig is of one role: --role=control-plane or --role=worker\n");
		return NULL;
	}
}

int machine_build(const struct export_job *job, struct machine *ret, struct buf *said)
{
	int r = nft_write(job, &ret->rules, said);

	if (r == 0 && reserved_needed(job))
		r = reserved_write(job, &ret->reserved, said);
	return r;
}

void machine_done(struct machine *machine)
{
	buf_free(&machine->rules);
	buf_free(&machine->reserved);
}
