/* SPDX-License-Identifier: MIT */
/* Reads the layers that --registry names. */
#pragma once

#include "../registry/registry.h"

/*
 * Read layers in the order of specs. A spec is "builtin:NAME", a file, or a
 * directory: its files *.yaml and *.yml are read, sorted by bytes, but not hidden
 * ones (a mounted ConfigMap keeps its versions there). n == 0: the built-in stack.
 * -EINVAL with a message for each fault; -ENOMEM. The registry is the caller's.
 */
int source_load(const char *const *specs, size_t n, struct diags *diags,
		struct registry **ret_registry);

/* Does it name a built-in layer, not a path? */
bool source_is_builtin(const char *spec);
