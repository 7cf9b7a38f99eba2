/* SPDX-License-Identifier: MIT */
/* What `coverage --json` prints, for a bug report. */
#pragma once

#include "../base/buf.h"

/*
 * Try the running kernel, as root, and append the document. 0; or a negative errno, with what
 * failed in `err`.
 */
int coverage_json(struct buf *out, struct buf *err);
