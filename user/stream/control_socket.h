/* SPDX-License-Identifier: MIT */
/* The control socket's path. One agent owns it; a socket that a dead agent left is replaced. */
#pragma once

/* Lock the file beside it. A descriptor; -EADDRINUSE: another agent has it; or a negative errno. */
int control_socket_lock(const char *path);

/* Remove that file, and close the descriptor. Where it can't be removed it stays, without a lock.
 */
void control_socket_unlock(const char *path, int fd);

/*
 * Listen there, with the lock held. A descriptor; -EADDRINUSE: a program answers there; -EEXIST:
 * something that is no socket is in the way; or another negative errno.
 */
int control_socket_listen(const char *path);

/* Remove what an agent that was killed has left there, socket and lock. Nothing where one runs. */
void control_socket_clear(const char *path);
