/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out when a test says so. The functions stand before those of the C library, or
 * of ASan, and call them.
 */
#pragma once

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* How many allocations succeed from now on; negative: all. */
static long memory_left = -1;
static bool memory_ran_out; /* since it was set */

/* From now on the n-th allocation from here (0: the next one) and all after it fail. */
static inline void memory_fails_after(long n)
{
	memory_left = n;
	memory_ran_out = false;
}

/* All succeed again. Did one fail meanwhile? */
static inline bool memory_is_back(void)
{
	memory_left = -1;
	return memory_ran_out;
}

static inline bool memory_is_out(void)
{
	if (memory_left < 0)
		return false;
	if (memory_left > 0) {
		memory_left--;
		return false;
	}
	memory_ran_out = true;
	return true;
}

void *malloc(size_t size)
{
	static void *(*next)(size_t);

	if (!next)
		next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	return memory_is_out() ? NULL : next(size);
}

void *calloc(size_t n, size_t size)
{
	static void *(*next)(size_t, size_t);

	if (!next)
		next = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	return memory_is_out() ? NULL : next(n, size);
}

void *realloc(void *p, size_t size)
{
	static void *(*next)(void *, size_t);

	if (!next)
		next = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	return memory_is_out() ? NULL : next(p, size);
}
