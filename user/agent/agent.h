/* SPDX-License-Identifier: MIT */
/* The agent: everything that runs, in one context. */
#pragma once

#include "../base/status.h"
#include "config.h"

/*
 * Run until SIGTERM or SIGINT. Says on stderr what fails; returns the exit
 * status.
 */
int agent_run(const struct config *config);
