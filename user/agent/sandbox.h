/* SPDX-License-Identifier: MIT */
/*
 * Limits the system calls of the agent and its children to a list. Any other call
 * fails with EPERM, so a call missing from the list breaks one feature, not the
 * agent.
 */
#pragma once

#include <stdbool.h>

/* Can this build be confined? ASan and its leak check need calls that are not on the list. */
bool sandbox_is_built_in(void);

/*
 * Confine the calling thread and its children; there must be no other thread. Also
 * sets no_new_privs. 0, or a negative errno, and nothing is confined.
 */
int sandbox_enter(void);
