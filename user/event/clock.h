/* SPDX-License-Identifier: MIT */
/* The time that a text line begins with. */
#pragma once

#include "../base/buf.h"
#include "../base/stamp.h"

/* Append the time of day in UTC, to the millisecond, and a blank. */
static inline void clock_text(const struct timespec *t, struct buf *out)
{
	char text[STAMP_LEN + 1];

	stamp_utc(t, text);
	buf_add(out, text + STAMP_CLOCK, STAMP_FRACTION + 4 - STAMP_CLOCK);
	buf_puts(out, "Z ");
}
