/* SPDX-License-Identifier: MIT */
/* cmocka with the headers that it needs, and checks that say which case failed. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The texts are the same; NULL is the same as NULL only. */
static inline void check_text(const char *name, const char *got, const char *want)
{
	if (got == want || (got && want && strcmp(got, want) == 0))
		return;
	fail_msg("%s:\n got: %s\nwant: %s", name, got ? got : "(null)", want ? want : "(null)");
}

static inline void check_int(const char *name, long long got, long long want)
{
	if (got != want)
		fail_msg("%s: got %lld, want %lld", name, got, want);
}

static inline void check_u64(const char *name, unsigned long long got, unsigned long long want)
{
	if (got != want)
		fail_msg("%s: got %llu, want %llu", name, got, want);
}
