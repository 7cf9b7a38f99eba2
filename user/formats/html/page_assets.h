/* SPDX-License-Identifier: MIT */
/* The fixed parts of the page: files of this directory, which page_assets.S embeds. */
#pragma once

#include <stddef.h>

enum page_asset_kind {
	PAGE_HTML,	 /* the frame; @NAME@ in it is a slot */
	PAGE_STYLE,	 /* the style sheet */
	PAGE_SCRIPT,	 /* the script: the files of js/, one after the other */
	PAGE_STYLE_HASH, /* their SHA-256 in base64, as the page's policy names them */
	PAGE_SCRIPT_HASH,
	PAGE_ASSETS_MAX,
};

struct page_asset {
	const char *text;
	size_t len;
};

/* By enum page_asset_kind. Made by page_assets.S, where the lengths are. */
extern const struct page_asset page_assets[PAGE_ASSETS_MAX];
