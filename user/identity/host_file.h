/* SPDX-License-Identifier: MIT */
/* Files as the host has them: an agent in a container has others of its own. */
#pragma once

/*
 * Open a path in the mount namespace of process 1; in the agent's own where that can't be looked
 * at. `flags` are those of open(); O_CLOEXEC is added. A descriptor, or a negative errno.
 */
int host_file_open(const char *path, int flags);
