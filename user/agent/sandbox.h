/* SPDX-License-Identifier: MIT */
/*
 * Limits the system calls of a process and its children to a list. Any other call
 * fails with EPERM, so a call missing from the list breaks one feature, not the
 * process.
 */
#pragma once

#include <stdbool.h>

enum sandbox_profile {
	SANDBOX_AGENT,
	SANDBOX_CLIENT, /* what talks with the API server: it opens no port and starts no program */
};

/* Can this build be confined? ASan and its leak check need calls that are not on the list. */
bool sandbox_is_built_in(void);

/*
 * Confine the calling thread and its children; there must be no other thread. Also
 * sets no_new_privs. 0, or a negative errno, and nothing is confined.
 */
int sandbox_enter(enum sandbox_profile profile);
