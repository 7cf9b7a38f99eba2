/* SPDX-License-Identifier: MIT */
/* What the agent itself uses of the machine. */
#pragma once

#include <stdint.h>

struct usage {
	uint64_t cpu_ns; /* of user and system, since it started; without its children */
	uint64_t resident_bytes, virtual_bytes;
	uint64_t descriptors, descriptors_max; /* open now, and the limit */
};

/* Look now. What can't be read is 0. */
void usage_read(struct usage *ret_usage);
