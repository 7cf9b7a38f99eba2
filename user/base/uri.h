/* SPDX-License-Identifier: MIT */
/* Text as part of a URI. Pure. */
#pragma once

#include "buf.h"

/*
 * Append a text with each byte as %XX, but for letters, digits, "-._~" and the characters of
 * `kept`.
 */
void uri_put(const char *text, const char *kept, struct buf *out);
