/* SPDX-License-Identifier: MIT */
/*
 * Processes that a subject starts to do a part of its work. Each reports once and
 * then keeps its descriptors open. It is killed when the process that started it
 * dies.
 */
#pragma once

#include <stdbool.h>

#include "subject.h"

/*
 * What the process does. It works on a copy of the subject: a descriptor that it
 * opens is not open in the process that started it, but its result is passed on.
 */
typedef void (*helper_fn)(struct subject *s, const void *ctx);

/*
 * Start a process and wait some seconds for its report. True: no step failed. A
 * process that does not report has failed, with ETIMEDOUT or ECHILD.
 */
bool helper_start(struct subject *s, helper_fn fn, const void *ctx);

/*
 * The same with exec(): the process runs subject_exec_main() in ROLE. The socket
 * s->fd is its descriptor 3, passed on as systemd does.
 */
bool helper_exec(struct subject *s, const char *role);

/* Descriptors of a process that helper_exec() started. */
#define HELPER_FD_SOCKET 3
#define HELPER_FD_REPORT 4

/* In the helper: report and stay. Returns only if the report can't be written. */
void helper_report(const struct subject *s, int report);

/* Have this process killed when the one that started it dies. False: that one is dead. */
bool helper_bind_life(int parent);
