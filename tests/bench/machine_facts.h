/* SPDX-License-Identifier: MIT */
/* What machine this is, for the reader of the figures. */
#pragma once

struct machine_facts {
	char date[48];	  /* now, UTC */
	char kernel[192]; /* release and machine */
	char cpu[128];	  /* empty: not known */
	unsigned int cpus;
};

void machine_facts(struct machine_facts *ret_facts);
