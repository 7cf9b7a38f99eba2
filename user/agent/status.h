/* SPDX-License-Identifier: MIT */
#pragma once

#include "../base/jsonw.h"

struct agent;

/* Append the status document. */
void status_json(struct agent *agent, struct buf *out);

/* Write the member `attached`. */
void status_put_attached(const struct agent *agent, struct jsonw *w);
