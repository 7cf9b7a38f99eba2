/* SPDX-License-Identifier: MIT */
/*
 * What the agent says to the service manager that started it: states (sd_notify(3), whose
 * protocol is stable and meant to be spoken without its library), and signs of life where it
 * asks for them (WatchdogSec= in systemd.service(5)).
 *
 * Signs of life say that the event loop turns, and no more. Where enforcement is not
 * effective, the cause is outside (another program, a control group that is gone):
 * a new start would not cure it, and `status` and the notices report it.
 */
#pragma once

#include <sys/types.h>

#include "../base/loop.h"

/* Send states; nothing where NOTIFY_SOCKET names no manager. What can't be sent is lost. */
void service_manager_ready(void);
void service_manager_reloading(void);
void service_manager_stopping(void);

/* One line for `systemctl status`; it has no line end. */
void service_manager_status(const char *message);

/*
 * How often to give a sign: twice in the time that the values of WATCHDOG_USEC
 * and WATCHDOG_PID (NULL: not set) leave the process `self`. 0 ms: no signs are asked for.
 * 0; -EINVAL: one of the two is not a number that can be. Pure.
 */
int service_manager_interval(const char *usec, const char *pid, pid_t self, unsigned int *ret_ms);

/* Give signs from the loop from now on, if the environment asks. 0, or a negative errno. */
int service_manager_watchdog(struct loop *loop);
