/* SPDX-License-Identifier: MIT */
/*
 * A process that outlives the work: it runs it in a child, and however that
 * ends, also by SIGINT or SIGTERM, ends all processes that are left of it and
 * calls `clean`.
 */
#pragma once

/* The exit status of `work`, or 128 + the signal; a negative errno: it did not run. */
int guard_run(int (*work)(void *data), void (*clean)(void *data), void *data);
