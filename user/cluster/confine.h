/* SPDX-License-Identifier: MIT */
/* What a process gives up for ever. Each is 0 or a negative errno. */
#pragma once

/* Another user, if this one is root and may change it; -EPERM where it may not. */
int confine_user(void);

/* All capabilities, and that new ones can be gained. */
int confine_capabilities(void);

/* Files: only those of name resolution and trusted certificates are read; -ENOSYS before Landlock.
 */
int confine_files(void);
