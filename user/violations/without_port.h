/* SPDX-License-Identifier: MIT */
/* Processes that were denied a port and run on without it. */
#pragma once

#include "violations.h"

/* A line is due; only denied violations are noted. */
void without_port_note(struct violations *violations, const struct hp_event *record,
		       const struct event *event);

/*
 * Look again: which of the processes still run, and have not got their ports since? They are
 * in violations->denied then. False: in a PID namespace of its own the agent can't tell.
 */
bool without_port_look(struct violations *violations);
