/* SPDX-License-Identifier: MIT */
/*
 * A line of JSON put together in a block on the stack: what needs no escaping is copied
 * while it is looked at; only a string that does need it goes through the JSON writer.
 */
#pragma once

#include <string.h>

#include "../base/jsonw.h"

struct block {
	struct buf *out;
	size_t len;
	char bytes[2048];
};

static inline void block_flush(struct block *b)
{
	buf_add(b->out, b->bytes, b->len);
	b->len = 0;
}

/* Add n bytes, far fewer than a block holds. */
static inline void block_add(struct block *b, const char *bytes, size_t n)
{
	if (n > sizeof(b->bytes) - b->len)
		block_flush(b);
	memcpy(b->bytes + b->len, bytes, n);
	b->len += n;
}

#define LITERAL(b, text) block_add((b), (text), sizeof(text) - 1)

/* As buf_put_u64(), into the block: a call for each number would show in lines a second. */
static inline void block_u64(struct block *b, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	block_add(b, digits + at, sizeof(digits) - at);
}

#define EIGHT(byte) (0x0101010101010101ULL * (byte))

/* In the highest bit of each byte, whether it is zero; those above one that is may be wrong. */
static inline uint64_t zeroes(uint64_t word)
{
	return (word - EIGHT(1)) & ~word;
}

/* Is each of eight bytes plain? */
static inline bool plain_eight(const char *s)
{
	uint64_t word, below_blank;

	memcpy(&word, s, sizeof(word));
	below_blank = (word - EIGHT(0x20)) & ~word;
	return !((word | below_blank | zeroes(word ^ EIGHT(0x7f)) | zeroes(word ^ EIGHT('"')) |
		  zeroes(word ^ EIGHT('\\'))) &
		 EIGHT(0x80));
}

static inline bool all_plain(const char *s, size_t n)
{
	for (; n >= 8; s += 8, n -= 8)
		if (!plain_eight(s))
			return false;
	for (; n > 0; s++, n--)
		if (!jsonw_plain(*s))
			return false;
	return true;
}

/* Add a plain string that is far shorter than a block; else leave the block as it was. */
static inline bool block_plain(struct block *b, const char *s)
{
	size_t n = strlen(s);

	if (n > sizeof(b->bytes) / 2 || !all_plain(s, n))
		return false;
	block_add(b, s, n);
	return true;
}

static inline void block_string(struct block *b, const char *s)
{
	LITERAL(b, "\"");
	if (block_plain(b, s)) {
		LITERAL(b, "\"");
		return;
	}
	b->len--;
	block_flush(b);
	jsonw_string(&(struct jsonw) { .out = b->out }, NULL, s);
}

/* A member with its comma, or nothing where the string is NULL or empty. */
static inline void member(struct block *b, const char *comma_key_colon, size_t n, const char *s)
{
	if (!s || !*s)
		return;
	block_add(b, comma_key_colon, n);
	block_string(b, s);
}

/* A word of ours, which is plain. */
static inline void block_word(struct block *b, const char *word)
{
	LITERAL(b, "\"");
	block_add(b, word, strlen(word));
	LITERAL(b, "\"");
}

#define MEMBER_WORD(b, key, s) (LITERAL((b), ",\"" key "\":"), block_word((b), (s)))
#define MEMBER(b, key, s)      member((b), ",\"" key "\":", sizeof(",\"" key "\":") - 1, (s))
#define MEMBER_U64(b, key, n)  (LITERAL((b), ",\"" key "\":"), block_u64((b), (n)))
