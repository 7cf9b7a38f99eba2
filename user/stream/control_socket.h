/* SPDX-License-Identifier: MIT */
/* The control socket's path. One agent owns it; a socket that a dead agent left is replaced. */
#pragma once

/* Lock the file beside it. A descriptor; -EADDRINUSE: another agent has it; or a negative errno. */
int control_socket_lock(const char *path);

/*
 * Listen there, with the lock held. A descriptor; -EADDRINUSE: a program answers there; -EEXIST:
 * something that is no socket is in the way; or another negative errno.
 */
int control_socket_listen(const char *path);
