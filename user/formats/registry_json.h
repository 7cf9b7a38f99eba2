/* SPDX-License-Identifier: MIT */
/* A whole registry as one JSON document: {"rows":[...]}, as row_json.h has rows. Pure. */
#pragma once

#include "export.h"

/* All rows of all layers, also drops and what they took. */
void registry_json(const struct registry *registry, struct buf *out);

/* The same as an export_fn. */
int json_write(const struct export_job *job, struct buf *out, struct buf *said);
