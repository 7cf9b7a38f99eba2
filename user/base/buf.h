/* SPDX-License-Identifier: MIT */
/* A growing string. Errors stick: a buffer that could not grow stays short and says so. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"

struct buf {
	char *data; /* always terminated by a zero byte once anything was added */
	size_t len; /* without that zero byte */
	size_t cap;
	bool failed; /* memory ran out; what was added since is missing */
};

/* Free what the buffer holds and make it empty. */
void buf_free(struct buf *b);

/* Make it empty, keep its memory. */
void buf_reset(struct buf *b);

/* Have room for n more bytes and the zero byte. False: memory ran out, now or before. */
bool buf_reserve(struct buf *b, size_t n);

/* Append n bytes that the caller writes at once: where they begin. NULL: memory ran out. */
static inline char *buf_extend(struct buf *b, size_t n)
{
	char *to;

	if ((b->failed || b->cap - b->len <= n) && !buf_reserve(b, n))
		return NULL;
	to = b->data + b->len;
	b->len += n;
	b->data[b->len] = '\0';
	return to;
}

/* Do both have the same bytes? */
bool buf_same(const struct buf *a, const struct buf *b);

/* Append n bytes. */
void buf_add(struct buf *b, const void *bytes, size_t n);

/* Append a string. */
void buf_puts(struct buf *b, const char *s);

/* Append one byte. */
static inline void buf_putc(struct buf *b, char c)
{
	char *to = buf_extend(b, 1);

	if (to)
		*to = c;
}

/* Append a decimal number. */
void buf_put_u64(struct buf *b, unsigned long long n);

/* Append formatted text. */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/*
 * Append text from outside for a person's terminal: what is not printable
 * UTF-8 comes out as \xNN, so that no escape sequence gets through. In escape.c.
 */
void buf_put_safe(struct buf *b, const char *s);

/* Take the string out (never NULL unless memory ran out); the buffer becomes empty. */
char *buf_take(struct buf *b);

static inline void cleanup_buf(struct buf *b)
{
	buf_free(b);
}
#define _cleanup_buf_ _cleanup_(cleanup_buf)
