/* SPDX-License-Identifier: MIT */
/*
 * JSON documents, read: requests to the agent's socket and its replies. The
 * getters take what is there or give the default, so that a missing member, a
 * null and one of another type are one case. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* Bounds of a document; beyond them it is refused. */
#define JSON_BYTES_MAX (64UL << 20)
#define JSON_DEPTH_MAX 32

struct json;

/*
 * Read one document: an object or an array, and nothing after it but blanks.
 * -EINVAL for what is not JSON, a key that stands twice in an object, or more
 * than the bounds, with "line L, column C: what" in `err` where there is a
 * position; -ENOMEM. The document is the caller's.
 */
int json_parse(const char *bytes, size_t len, struct buf *err, struct json **ret_json);

void json_free(struct json *json);
DEFINE_CLEANUP(struct json, json_free)

/* Parts belong to their document; all of these may be called on NULL. */
const struct json *json_member(const struct json *object, const char *key);
size_t json_len(const struct json *array); /* 0 for what is no array */
const struct json *json_at(const struct json *array, size_t i);

bool json_is_list(const struct json *value);

/* Of a value. */
const char *json_text(const struct json *value, const char *otherwise);
uint64_t json_u64(const struct json *value, uint64_t otherwise);
bool json_bool(const struct json *value, bool otherwise);

/* Of an object's member. */
const char *json_member_text(const struct json *object, const char *key, const char *otherwise);
uint64_t json_member_u64(const struct json *object, const char *key, uint64_t otherwise);
bool json_member_bool(const struct json *object, const char *key, bool otherwise);

struct jsonw;

/* Write a value with all that is in it, where the writer stands; its texts may be shown then. */
void json_put(const struct json *value, struct jsonw *w);

/* Write a member of an object, or of one that is not there null, under its key. */
void json_put_member(const char *key, const struct json *value, struct jsonw *w);
