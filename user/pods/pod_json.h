/* SPDX-License-Identifier: MIT */
/*
 * JSON for a pod reader, as it arrives: it may be cut anywhere, and memory is bounded whatever
 * comes. Several values may follow each other, as the events of a watch do. Pure.
 */
#pragma once

#include "pod_reader.h"

/*
 * Bytes without an end of a text or number; the API server takes no object of that size. A text
 * is kept until it ends.
 */
#define POD_JSON_QUIET_MAX (2U << 20)

struct pod_json;

/* 0, or -ENOMEM. The reader is borrowed. */
int pod_json_new(struct pod_reader *reader, struct pod_json **ret_json);
void pod_json_free(struct pod_json *json);
DEFINE_CLEANUP(struct pod_json, pod_json_free)

/*
 * Read the next bytes, or the end. 0; -EINVAL for what is not JSON, -E2BIG for what is beyond the
 * bounds, both with a sentence in `err`; -ENOMEM; or what the reader's function returned. After
 * an error only pod_json_free() may follow.
 */
int pod_json_feed(struct pod_json *json, const char *bytes, size_t len, struct buf *err);
int pod_json_end(struct pod_json *json, struct buf *err);
