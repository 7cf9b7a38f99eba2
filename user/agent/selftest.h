/* SPDX-License-Identifier: MIT */
#pragma once

#include "../base/buf.h"

struct agent;

/* Look at everything now, and append what was found. */
void selftest_json(struct agent *agent, struct buf *out);
