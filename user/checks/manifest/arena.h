/* SPDX-License-Identifier: MIT */
/*
 * Memory for what is built together and freed together. What is taken is zero.
 * When memory runs out, the result is NULL and `failed` stays set.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* the newest first */
	bool failed;
};

/* A moment of an arena. */
struct arena_mark {
	struct arena_chunk *chunk;
	size_t used;
};

void *arena_take(struct arena *arena, size_t size);

/* A copy of a text, or of its first `max` bytes; of NULL it is NULL. */
const char *arena_text(struct arena *arena, const char *text);
const char *arena_text_max(struct arena *arena, const char *text, size_t max);

/* Formatted text. */
const char *arena_printf(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Give back what was taken since the mark was made. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Free it all and make it empty. */
void arena_free(struct arena *arena);
