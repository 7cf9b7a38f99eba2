/* SPDX-License-Identifier: MIT */
/*
 * Processes that a subject starts, to do a part of it. Each reports once, stays
 * with what it holds open, and is killed when the one that started it dies.
 */
#pragma once

#include <stdbool.h>

#include "subject.h"

/*
 * What the process does. It has a copy of the subject of its own: what it opens
 * is not open in the one that started it, but its result becomes the result.
 */
typedef void (*helper_fn)(struct subject *s, const void *ctx);

/*
 * Start one and wait for its report, for seconds. True: no step of it failed; a
 * process that doesn't report has failed, with ETIMEDOUT or ECHILD.
 */
bool helper_start(struct subject *s, helper_fn fn, const void *ctx);

/*
 * The same of a process made by exec(): subject_exec_main() in ROLE, with the
 * socket s->fd as its descriptor 3, passed on like systemd does.
 */
bool helper_exec(struct subject *s, const char *role);

/* Descriptors of a process that helper_exec() started. */
#define HELPER_FD_SOCKET 3
#define HELPER_FD_REPORT 4

/* Report, in a process that was started, and stay. Returns only if nobody hears it. */
void helper_report(const struct subject *s, int report);

/* Be killed when the process that started this one dies. False: it is dead. */
bool helper_bind_life(int parent);
