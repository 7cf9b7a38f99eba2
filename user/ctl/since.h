/* SPDX-License-Identifier: MIT */
/* A moment in the past, as people name it. Pure. */
#pragma once

#include <stdint.h>
#include <time.h>

/*
 * Read 30s, 10m, 2h or 1d before `now`, a day YYYY-MM-DD, which begins at midnight, or
 * YYYY-MM-DDTHH:MM:SSZ, all UTC: seconds since 1970, at least 1. 0; -EINVAL, also for a moment
 * after `now`.
 */
int since_parse(const char *text, time_t now, uint64_t *ret_since);
