/* SPDX-License-Identifier: MIT */
/* Where a registry's layers come from: what --registry names. */
#pragma once

#include "../registry/registry.h"

/*
 * Read layers in the order of specs, each "builtin:NAME", a file, or a
 * directory, of which the files *.yaml and *.yml are read in the order of their
 * bytes (hidden ones are not: a mounted ConfigMap keeps its versions there).
 * n == 0: the built-in stack. -EINVAL with messages for all that is wrong, with
 * the files and in them; -ENOMEM. The registry is the caller's.
 */
int source_load(const char *const *specs, size_t n, struct diags *diags,
		struct registry **ret_registry);

/* Does it name a layer in the program, and nothing in the file system? */
bool source_is_builtin(const char *spec);
