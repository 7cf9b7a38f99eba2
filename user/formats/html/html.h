/* SPDX-License-Identifier: MIT */
/* Text and JSON from outside, made inert inside an HTML document. Pure. */
#pragma once

#include "../../base/buf.h"

/*
 * Append a text as the content of an element or of a quoted attribute. What is
 * not UTF-8 comes out as U+FFFD, and what would steer the text around it (control
 * characters, bidirectional ones: utf8.h) as its name, "⟨U+202E⟩"; line ends and
 * tabs become blanks. NULL is nothing.
 */
void html_text(struct buf *out, const char *text);

/*
 * Append a valid JSON document as the content of a <script> that is data: <, >, &,
 * U+2028 and U+2029, which in JSON only strings have, as \u escapes.
 */
void html_json(struct buf *out, const char *json, size_t len);
