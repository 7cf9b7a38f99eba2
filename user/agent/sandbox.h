/* SPDX-License-Identifier: MIT */
/*
 * Which system calls the agent and its children may make from now on. What is
 * not on the list fails with EPERM, so that a call that was forgotten costs what
 * it was for, and not the agent.
 */
#pragma once

#include <stdbool.h>

/* Can this build be confined at all? ASan and its leak check need calls that no list foresees. */
bool sandbox_is_built_in(void);

/*
 * Confine the calling thread and what it starts; there must be no other thread.
 * Also sets no_new_privs. 0, or a negative errno, and then nothing is confined.
 */
int sandbox_enter(void);
