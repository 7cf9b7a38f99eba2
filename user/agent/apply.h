/* SPDX-License-Identifier: MIT */
/* From registry files to the policy in force: at the start, and while the agent runs. */
#pragma once

#include "../registry/registry.h"

struct agent;
struct hp_config;

/* Steps of the start: they say on stderr what is wrong, and return an exit status. */
int apply_load(struct agent *agent);
int apply_check(struct agent *agent);
int apply_make(struct agent *agent);

/*
 * Publish the policy that the agent has with another configuration, whose
 * generation is set here: at the start, and to switch the mode. 0; or a negative
 * errno, and then what was in force stays so.
 */
int apply_decision(struct agent *agent, const struct hp_config *decision);
