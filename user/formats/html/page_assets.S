/* SPDX-License-Identifier: MIT */
/*
 * The page's fixed parts. Paths are relative to the repository's root, where the
 * build runs the assembler, or to the build's directory: the script is put
 * together there, and the digests are made.
 */

#if __SIZEOF_POINTER__ == 8
#define WORD .quad
#else
#define WORD .long
#endif

	.section .rodata
html:
	.incbin	"user/formats/html/page.html"
html_end:
style:
	.incbin	"user/formats/html/page.css"
style_end:
script:
	.incbin	"page/page.js"
script_end:
style_hash:
	.incbin	"page/page.css.sha256"
style_hash_end:
script_hash:
	.incbin	"page/page.js.sha256"
script_hash_end:

/* struct page_asset of page_assets.h, by enum page_asset_kind. */
	.section .data.rel.ro, "aw"
	.balign	__SIZEOF_POINTER__
	.global	page_assets
	.hidden	page_assets
	.type	page_assets, %object
page_assets:
	WORD	html, html_end - html
	WORD	style, style_end - style
	WORD	script, script_end - script
	WORD	style_hash, style_hash_end - style_hash
	WORD	script_hash, script_hash_end - script_hash
	.size	page_assets, . - page_assets

	.section .note.GNU-stack, "", %progbits
