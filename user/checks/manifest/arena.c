// SPDX-License-Identifier: MIT
#include "arena.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/buf.h"

#define CHUNK 65536UL
#define ALIGN 16UL

struct arena_chunk {
	struct arena_chunk *older;
	size_t size, used;
	_Alignas(ALIGN) char bytes[];
};

static struct arena_chunk *chunk_new(struct arena *arena, size_t size)
{
	size_t want = size > CHUNK ? size : CHUNK;
	struct arena_chunk *chunk = malloc(sizeof(*chunk) + want);

	if (!chunk) {
		arena->failed = true;
		return NULL;
	}
	chunk->older = arena->chunks;
	chunk->size = want;
	chunk->used = 0;
	arena->chunks = chunk;
	return chunk;
}

void *arena_take(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunks;
	size_t rounded = (size + ALIGN - 1) & ~(ALIGN - 1);
	void *taken;

	if (!chunk || chunk->size - chunk->used < rounded)
		chunk = chunk_new(arena, rounded);
	if (!chunk)
		return NULL;
	taken = chunk->bytes + chunk->used;
	chunk->used += rounded;
	return memset(taken, 0, size);
}

static const char *copy(struct arena *arena, const char *text, size_t len)
{
	char *taken = arena_take(arena, len + 1);

	return taken ? memcpy(taken, text, len) : NULL;
}

const char *arena_text_max(struct arena *arena, const char *text, size_t max)
{
	return text ? copy(arena, text, strnlen(text, max)) : NULL;
}

const char *arena_text(struct arena *arena, const char *text)
{
	return text ? copy(arena, text, strlen(text)) : NULL;
}

const char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	arena->failed |= text.failed;
	return arena_text(arena, text.data);
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark) {
		.chunk = arena->chunks,
		.used = arena->chunks ? arena->chunks->used : 0,
	};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	struct arena_chunk *chunk;

	while (arena->chunks != mark.chunk) {
		chunk = arena->chunks;
		arena->chunks = chunk->older;
		free(chunk);
	}
	if (mark.chunk)
		mark.chunk->used = mark.used;
}

void arena_free(struct arena *arena)
{
	arena_rewind(arena, (struct arena_mark) { 0 });
	arena->failed = false;
}
