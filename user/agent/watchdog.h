/* SPDX-License-Identifier: MIT */
/*
 * Signs of life for a service manager that asks for them (WatchdogSec= in
 * systemd.service(5)). They say that the event loop turns, and no more: where
 * enforcement is not effective, the cause is outside (a program of somebody
 * else, a control group that is gone), a new start would not cure it, and
 * `status` and the notices tell it.
 */
#pragma once

#include <sys/types.h>

#include "../base/loop.h"

/*
 * How often to give a sign: twice in the time that the values of WATCHDOG_USEC
 * and WATCHDOG_PID (NULL: not set) leave the process `self`. 0 ms: nobody asks it
 * for any. 0; -EINVAL: one of the two is not a number that can be. Pure.
 */
int watchdog_interval(const char *usec, const char *pid, pid_t self, unsigned int *ret_ms);

/* Give signs from the loop from now on, if the environment asks. 0, or a negative errno. */
int watchdog_start(struct loop *loop);
