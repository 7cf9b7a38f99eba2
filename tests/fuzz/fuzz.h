/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share: a check that ends the process (libFuzzer then
 * keeps the input), an input that is taken apart, and what must hold of any
 * text that we write.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/base/buf.h"
#include "../../user/base/json.h"
#include "../../user/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)fprintf(stderr, "%s:%d: CHECK: %s\n", __FILE__, __LINE__,            \
				      #condition);                                                 \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* ---- an input, taken from the front; what is asked for after its end is zero ------------- */
struct feed {
	const uint8_t *at;
	size_t left;
};

static inline void feed_bytes(struct feed *feed, void *ret, size_t n)
{
	size_t have = n < feed->left ? n : feed->left;

	memset(ret, 0, n);
	if (have)
		memcpy(ret, feed->at, have);
	feed->at += have;
	feed->left -= have;
}

static inline uint8_t feed_u8(struct feed *feed)
{
	uint8_t n;

	feed_bytes(feed, &n, sizeof(n));
	return n;
}

static inline uint16_t feed_u16(struct feed *feed)
{
	uint16_t n;

	feed_bytes(feed, &n, sizeof(n));
	return n;
}

static inline uint32_t feed_u32(struct feed *feed)
{
	uint32_t n;

	feed_bytes(feed, &n, sizeof(n));
	return n;
}

static inline uint64_t feed_u64(struct feed *feed)
{
	uint64_t n;

	feed_bytes(feed, &n, sizeof(n));
	return n;
}

/* Take up to the next byte `end`, or all; zero-terminated, the caller's. */
static inline char *feed_text(struct feed *feed, uint8_t end)
{
	const uint8_t *stop = feed->left ? memchr(feed->at, end, feed->left) : NULL;
	size_t n = stop ? (size_t)(stop - feed->at) : feed->left;
	char *text = malloc(n + 1);

	CHECK(text);
	if (n)
		memcpy(text, feed->at, n);
	text[n] = '\0';
	feed->at += n + (stop != NULL);
	feed->left -= n + (stop != NULL);
	return text;
}

/* A copy of exactly these bytes, so that reading beyond them is seen; the caller's. */
static inline char *fuzz_copy(const void *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);

	CHECK(copy);
	if (n)
		memcpy(copy, bytes, n);
	return copy;
}

/* ---- what must hold of texts -------------------------------------------------------------- */
/* Nothing in it that a terminal may obey but line ends, if they are allowed. */
static inline void check_safe(const struct buf *text, bool lines)
{
	size_t at = 0, n;

	CHECK(!text->failed);
	while (at < text->len) {
		n = utf8_printable(text->data + at);
		CHECK(n > 0 || (lines && text->data[at] == '\n'));
		at += n ? n : 1;
	}
}

/* One line, valid UTF-8 throughout. */
static inline void check_line(const struct buf *text)
{
	size_t at = 0, n;

	CHECK(!text->failed);
	while (at < text->len) {
		n = utf8_valid(text->data + at);
		CHECK(n > 0 && (unsigned char)text->data[at] >= 0x20);
		at += n;
	}
}

/* One line, and a JSON document, which is the caller's. */
static inline struct json *check_json(const struct buf *text)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct json *json = NULL;

	check_line(text);
	CHECK(text->data);
	CHECK(json_parse(text->data, text->len, &err, &json) == 0);
	CHECK(json);
	return json;
}
