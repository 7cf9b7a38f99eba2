/* SPDX-License-Identifier: MIT */
/* Text inside XML. Pure. */
#pragma once

#include "../base/buf.h"

/*
 * Append text from outside as the content of an element or, in double quotes,
 * the value of an attribute. What is not UTF-8, and the characters that XML 1.0
 * cannot hold, come out as U+FFFD; what a terminal may obey (../base/utf8.h), as a
 * reference, &#xN;.
 */
void xml_text(const char *text, struct buf *out);
