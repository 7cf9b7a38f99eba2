/* SPDX-License-Identifier: MIT */
/* What the programs lost of each workload's violations, by the workloads' names. */
#pragma once

#include "../base/jsonw.h"
#include "../identity/identity.h"
#include "../kernel/kernel.h"

#define LOSSES_LISTED 16

struct losses {
	char *workloads[LOSSES_LISTED]; /* in words, safe for a terminal */
	uint64_t lost[LOSSES_LISTED];
	size_t len;
	uint64_t sum; /* of these */
};

/* Add what a workload lost. What does not go into the list is left out. */
void losses_add(struct losses *losses, const char *workload, uint64_t lost);

/* Read what the workloads lost; those that lost most are named. */
void losses_read(const struct kernel *kernel, struct identity *identity, struct losses *ret_losses);

/* Put the list, and what is left of all that was lost. */
void losses_put(const struct losses *losses, uint64_t all, struct jsonw *w);

void losses_free(struct losses *losses);
