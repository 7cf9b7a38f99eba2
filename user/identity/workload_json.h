/* SPDX-License-Identifier: MIT */
/* A workload as a member of a JSON object, written and read. Pure. */
#pragma once

#include "../base/json.h"
#include "../base/jsonw.h"
#include "workload.h"

/* Write the member `workload`. */
void workload_put(const struct workload *who, struct jsonw *w);

/* Read the member `workload` of an object, but for the runtime; what does not fit is cut. */
void workload_json_read(const struct json *object, struct workload *ret);

/* Append in words what the members `workload` and `cgroup` of an object say; safe for a terminal.
 */
void workload_json_text(const struct json *object, struct buf *out);
