/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail, for tests whose names end in _memory: the Makefile links them so that
 * the code and the test, but no library, allocate here.
 */
#pragma once

#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/base/buf.h"

/* Allocations until one fails, once; negative: none does. */
static long memory_left = -1;
static long memory_taken;
static size_t memory_largest = SIZE_MAX; /* malloc() of more fails */

static inline bool memory_fails(void)
{
	memory_taken++;
	return memory_left >= 0 && memory_left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t n, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);

void *__wrap_malloc(size_t size)
{
	return memory_fails() || size > memory_largest ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return memory_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return memory_fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
	return memory_fails() ? NULL : __real_reallocarray(old, n, size);
}

char *__wrap_strdup(const char *text)
{
	return memory_fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t n)
{
	return memory_fails() ? NULL : __real_strndup(text, n);
}

/* The n-th allocation from now (0: the next one) fails. */
static inline void memory_fail(long n)
{
	memory_left = n;
}

/* Did it? From now on none fails. */
static inline bool memory_failed(void)
{
	bool failed = memory_left < 0;

	memory_left = -1;
	return failed;
}

/* What is tried: it appends what it made. The errno comes back. */
typedef int (*memory_fn)(const void *ctx, struct buf *out);

/*
 * Try it with each of its allocations failing in turn. It says -ENOMEM, or what it made is as
 * if nothing had failed. Sanitizers see what is lost on the way.
 */
static inline void memory_try(const char *name, memory_fn fn, const void *ctx)
{
	struct buf whole = { 0 };
	long taken, lost = 0;
	int want;

	memory_taken = 0;
	want = fn(ctx, &whole);
	taken = memory_taken;
	check_int(name, whole.failed, false);
	for (long i = 0; i < taken; i++) {
		struct buf out = { 0 };
		int r;

		memory_left = i;
		r = fn(ctx, &out);
		memory_left = -1;
		if (r == -ENOMEM || out.failed) {
			lost++;
		} else {
			check_int(name, r, want);
			check_text(name, out.data, whole.data);
		}
		buf_free(&out);
	}
	check_int("some of it is needed", lost > 0, true);
	buf_free(&whole);
}
