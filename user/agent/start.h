/* SPDX-License-Identifier: MIT */
/*
 * The start, step by step: registry and policy (nothing is touched yet that others
 * see), the control socket (one agent at a time), the programs, the policy, the
 * attachment, the canary.
 */
#pragma once

struct agent;

/* It logs what fails; an exit status. The rooms are connected before. */
int start_agent(struct agent *agent);
