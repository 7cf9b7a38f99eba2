/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Lock an open file for this process alone, and wait for it for `ms` at most: of
 * an agent that was just killed, a process that it had begun may hold the lock
 * until it has ended, too. 0; -EWOULDBLOCK: another holds it; or a negative errno.
 */
int lock_take(int fd, int ms);
#define LOCK_START_MS 1000
