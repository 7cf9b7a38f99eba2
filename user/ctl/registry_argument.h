/* SPDX-License-Identifier: MIT */
/* What the offline verbs begin with: a registry, read from where the options say. */
#pragma once

#include "../registry/registry.h"
#include "../source/node_options.h"

/* EXIT_OK with the registry, which is the caller's; or the exit status, after saying why. */
int offline_registry(const struct node_options *options, struct registry **ret_registry);
