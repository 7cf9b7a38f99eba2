/* SPDX-License-Identifier: MIT */
/* A text as a YAML scalar that every YAML reader takes for that text. Pure. */
#pragma once

#include "../base/buf.h"

/*
 * Append a text, plain where that is safe in any place and any version of YAML,
 * else in double quotes. Bytes that are not UTF-8 become U+FFFD.
 */
void yaml_scalar(const char *text, struct buf *out);
