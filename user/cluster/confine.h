/* SPDX-License-Identifier: MIT */
/* What a process gives up for ever. Each is 0 or a negative errno. */
#pragma once

#include <stdint.h>

/* Another user, if this one is root and may change it; -EPERM where it may not. */
int confine_user(void);

/* All capabilities but those of a mask, 1 << CAP_..., and that new ones can be gained. */
int confine_capabilities(uint64_t kept);

/* Files: only those of name resolution and trusted certificates are read; -ENOSYS before Landlock.
 */
int confine_files(void);
