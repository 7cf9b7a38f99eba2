/* SPDX-License-Identifier: MIT */
/* Where the control socket is: one agent has it, and what a dead one left is replaced. */
#pragma once

/* Take the lock beside it. A descriptor; -EADDRINUSE: another agent has it; or a negative errno. */
int control_socket_lock(const char *path);

/*
 * Listen there, with the lock in hand. A descriptor; -EADDRINUSE: somebody answers, -EEXIST:
 * something that is no socket is in the way; or a negative errno.
 */
int control_socket_listen(const char *path);
