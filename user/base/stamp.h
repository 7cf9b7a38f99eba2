/* SPDX-License-Identifier: MIT */
/* A moment as text. Pure, and cheap enough for every event line. */
#pragma once

#include <time.h>

#include "buf.h"

#define STAMP_LEN 30 /* "2026-11-22T20:11:31.123456789Z" */

/* Where the parts of a stamp are. */
#define STAMP_CLOCK    11 /* the time of the day */
#define STAMP_FRACTION 19 /* the dot before the nanoseconds */

/*
 * Write a moment as RFC 3339 in UTC with nanoseconds, and a zero byte. What
 * lies outside the years 1970 to 9999 is written as the nearest end of them.
 */
void stamp_utc(const struct timespec *t, char ret_text[STAMP_LEN + 1]);

/* Append the time of day in UTC, to the millisecond, and a blank: so a line for a person begins. */
void stamp_put_clock(const struct timespec *t, struct buf *out);
