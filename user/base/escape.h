/* SPDX-License-Identifier: MIT */
/*
 * Text from outside, made safe for the format that it becomes part of: one table says
 * for each format what stands for each class of character. Pure.
 */
#pragma once

#include "buf.h"

enum escape_format {
	ESCAPE_TERMINAL,  /* what a person's terminal shows: \xNN */
	ESCAPE_ASCII,	  /* the same for readers that know ASCII alone */
	ESCAPE_JSON,	  /* inside a string */
	ESCAPE_JSON_LINE, /* a JSON document that is to be shown */
	ESCAPE_SCRIPT,	  /* a JSON document inside an HTML <script> */
	ESCAPE_HTML,	  /* the content of an element, or of a quoted attribute */
	ESCAPE_XML,	  /* the same of XML 1.0 */
	ESCAPE_YAML,	  /* inside double quotes */
	ESCAPE_CSV,	  /* inside double quotes */
	ESCAPE_MARKDOWN,  /* inside a table's cell, but for pipes */
	ESCAPE_COMMENT,	  /* inside a comment of nft, also within YAML */
	ESCAPE_METRICS,	  /* inside a label's double quotes, and a help text, of OpenMetrics */
	ESCAPE_FORMAT_MAX,
};

/* How much of a text, from its start, is the same in all formats? */
size_t escape_plain(const char *text);

/* Append a text; NULL is nothing. */
void escape_put(enum escape_format format, const char *text, struct buf *out);

/*
 * Append `len` bytes, which may have zero bytes among them. False when they can't be read
 * back: the format has no escape for one of the characters. A byte that is no part of a
 * whole character in them is not valid UTF-8. A zero byte must follow them, at once or later.
 */
bool escape_bytes(enum escape_format format, const char *text, size_t len, struct buf *out);
