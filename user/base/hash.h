/* SPDX-License-Identifier: MIT */
/*
 * FNV-1a of 64 bits: two different inputs have the same hash about once in 2^64. It is no
 * defence against inputs made to collide. Results are kept (SARIF fingerprints,
 * the layout of pinned maps), so the function must not change.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The hash of nothing: where to begin. */
#define HASH_START 0xcbf29ce484222325ULL

/* The hash so far, with n more bytes. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ b[i]) * 0x100000001b3ULL;
	return hash;
}

/* The same with a string and its final zero byte, which separates it from the next one. */
static inline uint64_t hash_text(uint64_t hash, const char *text)
{
	return hash_bytes(hash, text, strlen(text) + 1);
}
