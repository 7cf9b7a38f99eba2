/* SPDX-License-Identifier: MIT */
/* The answer to `hostportctl selftest`: everything that is watched, looked at now. */
#pragma once

#include "watch.h"

/* Append the document. */
void selftest_json(struct watch *watch, struct buf *out);
