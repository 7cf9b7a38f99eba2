/* SPDX-License-Identifier: MIT */
/* A snapshot as metrics. One table has their names, labels and texts: docs/metrics.md is made of
 * it. Pure. */
#pragma once

#include "../base/openmetrics.h"
#include "snapshot.h"

/* Append the document in a form. */
void metrics_text(const struct snapshot *snapshot, enum openmetrics_form form, struct buf *out);

/* Append docs/metrics.md: see docs/metrics_page.c. */
void metrics_page(struct buf *out);
