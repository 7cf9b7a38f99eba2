/* SPDX-License-Identifier: MIT */
#pragma once

/* Exit statuses of both programs. */
enum {
	EXIT_OK = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,	 /* usage or bad input */
	EXIT_SYSTEM = 3, /* no agent, no permission, the kernel lacks something */
};
