/* SPDX-License-Identifier: MIT */
/* The fixed parts of the page: files of this directory, which parts.S embeds. */
#pragma once

#include <stddef.h>

enum page_part {
	PART_HTML,	 /* the frame; @NAME@ in it is a slot */
	PART_STYLE,	 /* the style sheet */
	PART_SCRIPT,	 /* the script: the files of js/, one after the other */
	PART_STYLE_HASH, /* their SHA-256 in base64, as the page's policy names them */
	PART_SCRIPT_HASH,
	PART_MAX,
};

struct part {
	const char *text;
	size_t len;
};

/* By enum page_part. Made by parts.S, where the lengths are. */
extern const struct part page_parts[PART_MAX];
