/* SPDX-License-Identifier: MIT */
/* The status document, and parts of it that other documents have, too. Pure but for privileges. */
#pragma once

#include "../base/jsonw.h"
#include "snapshot.h"

/* Append the document. */
void status_json(const struct snapshot *snapshot, struct buf *out);

/* Write the members `effective`, `reason`, `checked` (seconds ago) and `foreign`. */
void status_put_health(const struct health *health, uint64_t age_s, struct jsonw *w);

/* Write the member `attached`. */
void status_put_attached(const struct kernel_attachment *attached, size_t len, const char *cgroup,
			 struct jsonw *w);
